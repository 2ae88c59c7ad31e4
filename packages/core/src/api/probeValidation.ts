/** Rules about what a kubelet asks containers: probes and lifecycle hooks. Twin: apis/core/validation validateProbe, validateHandler, validateLifecycle. Rules: DS-V10. */
import { type FieldError, forbidden, invalid, required, unsupported } from './fieldError.ts';
import { type Fields, fieldsOf, isGiven, listOf, numberOf, textOf, textsOf } from './goText.ts';
import { notNegative, validatePortNumber } from './numberValidation.ts';
import { findHeaderNameErrors, findPortNameErrors } from './names.ts';

const SCHEMES = ['HTTP', 'HTTPS'];
/** In the order in which the server looks for them; only the first one found is looked into. */
const PROBE_HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'];
const HOOK_HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'sleep'];

/** The three probes and the hooks of a container that may have them. `graceSeconds` is the pod's. */
export function* validateProbes(container: Fields, path: string, graceSeconds: unknown): Iterable<FieldError> {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container;
  if (isGiven(lifecycle)) yield* validateLifecycle(fieldsOf(lifecycle), `${path}.lifecycle`, graceSeconds);
  if (isGiven(livenessProbe)) {
    yield* validateProbe(fieldsOf(livenessProbe), `${path}.livenessProbe`);
    yield* succeedsAtOnce(fieldsOf(livenessProbe), `${path}.livenessProbe`);
  }
  if (isGiven(readinessProbe)) {
    yield* validateProbe(fieldsOf(readinessProbe), `${path}.readinessProbe`);
    const grace = fieldsOf(readinessProbe)['terminationGracePeriodSeconds'];
    const field = `${path}.readinessProbe.terminationGracePeriodSeconds`;
    if (isGiven(grace)) yield invalid(field, grace, 'must not be set for readinessProbes');
  }
  if (isGiven(startupProbe)) {
    yield* validateProbe(fieldsOf(startupProbe), `${path}.startupProbe`);
    yield* succeedsAtOnce(fieldsOf(startupProbe), `${path}.startupProbe`);
  }
}

function* validateProbe(probe: Fields, path: string): Iterable<FieldError> {
  yield* validateHandler(probe, PROBE_HANDLERS, path, undefined);
  for (const field of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ])
    yield* notNegative(`${path}.${field}`, numberOf(probe[field]));
  const grace = probe['terminationGracePeriodSeconds'];
  if (isGiven(grace) && numberOf(grace) <= 0)
    yield invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0');
}

/** One success is enough for a probe that kills or that opens the way for the others. */
function* succeedsAtOnce({ successThreshold }: Fields, path: string): Iterable<FieldError> {
  if (numberOf(successThreshold) !== 1)
    yield invalid(`${path}.successThreshold`, numberOf(successThreshold), 'must be 1');
}

function* validateLifecycle(lifecycle: Fields, path: string, graceSeconds: unknown): Iterable<FieldError> {
  for (const hook of ['postStart', 'preStop']) {
    if (isGiven(lifecycle[hook]))
      yield* validateHandler(fieldsOf(lifecycle[hook]), HOOK_HANDLERS, `${path}.${hook}`, graceSeconds);
  }
}

function* validateHandler(
  handler: Fields,
  kinds: readonly string[],
  path: string,
  graceSeconds: unknown,
): Iterable<FieldError> {
  const [first, ...others] = kinds.filter((kind) => isGiven(handler[kind]));
  if (first === undefined) {
    yield required(path, 'must specify a handler type');
    return;
  }
  yield* validateAction(first, fieldsOf(handler[first]), `${path}.${first}`, graceSeconds);
  for (const other of others) yield forbidden(`${path}.${other}`, 'may not specify more than 1 handler type');
}

function* validateAction(kind: string, action: Fields, path: string, graceSeconds: unknown): Iterable<FieldError> {
  if (kind === 'exec') {
    if (textsOf(action['command']).length === 0) yield required(`${path}.command`);
  } else if (kind === 'httpGet') yield* validateHttpGet(action, path);
  else if (kind === 'sleep') yield* validateSleep(numberOf(action['seconds']), path, graceSeconds);
  else yield* validatePortNumberOrName(action['port'], `${path}.port`);
}

function* validateHttpGet(action: Fields, path: string): Iterable<FieldError> {
  if (textOf(action['path']) === '') yield required(`${path}.path`);
  yield* validatePortNumberOrName(action['port'], `${path}.port`);
  const scheme = textOf(action['scheme']);
  if (!SCHEMES.includes(scheme)) yield unsupported(`${path}.scheme`, scheme, SCHEMES);
  for (const { name } of listOf(action['httpHeaders'])) {
    for (const text of findHeaderNameErrors(textOf(name))) yield invalid(`${path}.httpHeaders`, textOf(name), text);
  }
}

/** No longer than the pod has to end; releases before 1.33 want more than nothing. */
function* validateSleep(seconds: number, path: string, graceSeconds: unknown): Iterable<FieldError> {
  if (typeof graceSeconds !== 'number' || (seconds >= 0 && seconds <= graceSeconds)) return;
  yield invalid(
    path,
    seconds,
    `must be non-negative and less than terminationGracePeriodSeconds (${String(graceSeconds)})`,
  );
}

/** A port by number, or by the name of one of the container's. */
function* validatePortNumberOrName(port: unknown, path: string): Iterable<FieldError> {
  if (typeof port !== 'string') yield* validatePortNumber(path, numberOf(port));
  else for (const text of findPortNameErrors(port)) yield invalid(path, port, text);
}
