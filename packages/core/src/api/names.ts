/** What names, label keys and label values may look like, with the server's sentences. Twin: apimachinery util/validation. Rules: DS-V5, DS-V6. */

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const QUALIFIED_TEXT =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

const LABEL_PATTERN = new RegExp(`^${LABEL}$`);
const SUBDOMAIN_PATTERN = new RegExp(`^${SUBDOMAIN}$`);
const QUALIFIED_PATTERN = new RegExp(`^${QUALIFIED}$`);
const LABEL_VALUE_PATTERN = new RegExp(`^(${QUALIFIED})?$`);
const LENGTH_MAX = 63;
const SUBDOMAIN_LENGTH_MAX = 253;

/** What is wrong with the name of an object such as a DaemonSet or Pod; empty when nothing is. */
export function findSubdomainErrors(name: string): readonly string[] {
  const errors: string[] = [];
  if (name.length > SUBDOMAIN_LENGTH_MAX) errors.push(`must be no more than ${SUBDOMAIN_LENGTH_MAX} characters`);
  if (!SUBDOMAIN_PATTERN.test(name)) {
    const text =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
    errors.push(withExamples(text, SUBDOMAIN, ['example.com']));
  }
  return errors;
}

/** What is wrong with the beginning of such a name: it may end in a dash, as something will follow. */
export function findPrefixErrors(prefix: string): readonly string[] {
  return findSubdomainErrors(prefix.endsWith('-') ? `${prefix.slice(0, -1)}a` : prefix);
}

/** What is wrong with the name of a namespace, a container or a volume; empty when nothing is. */
export function findDnsLabelErrors(name: string): readonly string[] {
  const errors: string[] = [];
  if (name.length > LENGTH_MAX) errors.push(`must be no more than ${LENGTH_MAX} characters`);
  if (SUBDOMAIN_PATTERN.test(name) && name.includes('.')) errors.push('must not contain dots');
  else if (!LABEL_PATTERN.test(name)) {
    const text =
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
    errors.push(withExamples(text, LABEL, ['my-name', '123-abc']));
  }
  return errors;
}

/** What is wrong with the key of a label, an annotation or a taint. */
export function findQualifiedNameErrors(key: string): readonly string[] {
  const errors: string[] = [];
  const parts = key.split('/');
  const name = parts[parts.length - 1] ?? '';
  if (parts.length > 2) {
    const text = withExamples(QUALIFIED_TEXT, QUALIFIED, ['MyName', 'my.name', '123-abc']);
    return [`a qualified name ${text} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  if (parts.length === 2) {
    const prefix = parts[0] ?? '';
    if (prefix === '') errors.push('prefix part must be non-empty');
    else for (const text of findSubdomainErrors(prefix)) errors.push(`prefix part ${text}`);
  }
  if (name === '') errors.push('name part must be non-empty');
  else if (name.length > LENGTH_MAX) errors.push(`name part must be no more than ${LENGTH_MAX} characters`);
  if (!QUALIFIED_PATTERN.test(name)) {
    errors.push(`name part ${withExamples(QUALIFIED_TEXT, QUALIFIED, ['MyName', 'my.name', '123-abc'])}`);
  }
  return errors;
}

export function findLabelValueErrors(value: string): readonly string[] {
  const errors: string[] = [];
  if (value.length > LENGTH_MAX) errors.push(`must be no more than ${LENGTH_MAX} characters`);
  if (!LABEL_VALUE_PATTERN.test(value)) {
    const text =
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
    errors.push(withExamples(text, `(${QUALIFIED})?`, ['MyValue', 'my_value', '12345']));
  }
  return errors;
}

/** What is wrong with the name of a port: a service name of RFC 6335. */
export function findPortNameErrors(name: string): readonly string[] {
  const errors: string[] = [];
  if (name.length > 15) errors.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(name)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) errors.push('must contain at least one letter (a-z)');
  if (name.includes('--')) errors.push('must not contain consecutive hyphens');
  if (/^-|-$/.test(name)) errors.push('must not begin or end with a hyphen');
  return errors;
}

/** What is wrong with the name of an environment variable; releases before 1.32 take fewer characters. */
export function findEnvNameErrors(name: string): readonly string[] {
  if (/^[ -<>-~]*$/.test(name)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** What is wrong with a key of a ConfigMap or Secret. */
export function findConfigKeyErrors(key: string): readonly string[] {
  const errors: string[] = [];
  if (key.length > SUBDOMAIN_LENGTH_MAX) errors.push(`must be no more than ${SUBDOMAIN_LENGTH_MAX} characters`);
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) {
    const text = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
    errors.push(withExamples(text, '[-._a-zA-Z0-9]+', ['key.name', 'KEY_NAME', 'key-name']));
  }
  if (key === '.' || key === '..') errors.push(`must not be '${key}'`);
  else if (key.startsWith('..')) errors.push("must not start with '..'");
  return errors;
}

export function findHeaderNameErrors(name: string): readonly string[] {
  if (/^[-A-Za-z0-9]+$/.test(name)) return [];
  const text = "a valid HTTP header must consist of alphanumeric characters or '-'";
  return [withExamples(text, '[-A-Za-z0-9]+', ['X-Header-Name'])];
}

/** A domain that is searched for short names; it may have underscores, and releases before 1.33 refuse those. */
export function findSearchDomainErrors(name: string): readonly string[] {
  const label = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
  const pattern = `${label}(\\.${label})*`;
  const errors: string[] = [];
  if (name.length > SUBDOMAIN_LENGTH_MAX) errors.push(`must be no more than ${SUBDOMAIN_LENGTH_MAX} characters`);
  if (!new RegExp(`^${pattern}$`).test(name)) {
    const text =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character";
    errors.push(withExamples(text, pattern, ['example.com']));
  }
  return errors;
}

/** What is wrong with the address of a name server or a host. Leading zeros and IPv4 within IPv6 are refused. */
export function findIpErrors(text: string): readonly string[] {
  const parts = text.split('.');
  if (parts.length === 4 && parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) <= 255))
    return parts.some((part) => /^0[0-9]/.test(part)) ? ['must not have leading 0s'] : [];
  return isIpv6(text) ? [] : ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
}

function isIpv6(text: string): boolean {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return false;
  const groups = [head, ...(tail === undefined ? [] : [tail])].flatMap((part) => (part === '' ? [] : part.split(':')));
  const isFull = tail === undefined ? groups.length === 8 : groups.length < 8;
  return isFull && groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group));
}

/** The server prints a comma after each example, before `or`: so `kubectl` shows it, and so users search for it. */
function withExamples(text: string, pattern: string, examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `${text} (e.g. ${shown}regex used for validation is '${pattern}')`;
}
