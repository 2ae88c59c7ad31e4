/** From `-o …` to a printer. Twin: cli-runtime genericclioptions print_flags.go, kubectl get_flags.go. */
import { compareKeys } from '@everynode/core/api/meta';
import type { Flags } from './commandLine.ts';
import type { Flag } from './globalFlags.ts';
import { customColumnsPrinter } from './templates/customColumns.ts';
import { goTemplatePrinter } from './templates/goTemplate.ts';
import { jsonPathAsJsonPrinter, jsonPathPrinter } from './templates/jsonPath.ts';
import { jsonText } from './jsonText.ts';
import { kyamlText } from './kyamlText.ts';
import type { PrinterChoice } from './printer.ts';
import { isFields, readList } from './readField.ts';
import { qualifiedName } from './resourceTypes.ts';
import { yamlText } from './yamlText.ts';

/** The flags that choose an output, for every command that prints objects. */
export const PRINT_FLAGS: readonly Flag[] = [
  { name: 'output', shorthand: 'o', type: 'string' },
  { name: 'template', type: 'string' },
  { name: 'allow-missing-template-keys', type: 'bool' },
  { name: 'show-managed-fields', type: 'bool' },
];

export interface OutputOptions {
  /** Minor of the client's version. */
  readonly minor: number;
  /** `get` alone knows `wide` and columns, and its tables come from elsewhere. */
  readonly forGet?: boolean;
  readonly noHeaders?: boolean;
  /** The order of fields in JSON: `sorted`, or as the object has them, as where the client knows the type. */
  readonly jsonFields?: 'sorted' | 'asGiven';
}

/** Whether the output is left to the command: a table, or a line such as `daemonset.apps/x restarted`. */
export function isHumanReadable(flags: Flags): boolean {
  const format = flags.text('output') ?? '';
  return format === 'wide' || (format === '' && (flags.text('template') ?? '') === '');
}

/** The printer of any other format, or why there is none. */
export function choosePrinter(flags: Flags, options: OutputOptions): PrinterChoice {
  const template = flags.text('template') ?? '';
  const output = flags.text('output') ?? '';
  const format = output === '' && template !== '' ? 'go-template' : output;
  const equals = format.indexOf('=');
  const name = equals < 0 || template !== '' ? format : format.slice(0, equals);
  const argument = template !== '' ? template : equals < 0 ? '' : format.slice(equals + 1);
  if (TEMPLATE_FORMATS.includes(name)) return chooseTemplate(name, argument, flags, options.minor);
  const showManaged = flags.isOn('show-managed-fields');
  switch (format.toLowerCase()) {
    case 'json':
      return printing((data) => jsonText(withoutManagedFields(data, showManaged), options));
    case 'yaml':
      return printing(documents((data) => yamlText(withoutManagedFields(data, showManaged))));
    case 'kyaml':
      if (options.minor < KYAML_SINCE_MINOR) break;
      return printing((data) => kyamlText(withoutManagedFields(data, showManaged), options));
    case 'name':
      return printing(names);
    default:
      if (options.forGet === true && COLUMN_FORMATS.includes(name)) return chooseColumns(name, argument, options);
  }
  return { ok: false, error: unknownFormat(format, options) };
}

const TEMPLATE_FORMATS = [
  'go-template',
  'go-template-file',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
  'template',
  'templatefile',
];
const COLUMN_FORMATS = ['custom-columns', 'custom-columns-file'];
/** On without an environment variable since then. */
const KYAML_SINCE_MINOR = 35;

function unknownFormat(format: string, { minor, forGet = false }: OutputOptions): string {
  const kyaml = minor >= KYAML_SINCE_MINOR ? ['kyaml'] : [];
  const own = forGet ? [...COLUMN_FORMATS, 'wide'] : [];
  const formats = [...TEMPLATE_FORMATS, ...kyaml, ...own, 'json', 'name', 'yaml'].sort(compareKeys);
  return `unable to match a printer suitable for the output format ${JSON.stringify(format)}, allowed formats are: ${formats.join(',')}`;
}

function chooseTemplate(name: string, template: string, flags: Flags, minor: number): PrinterChoice {
  if (template === '') return { ok: false, error: 'template format specified but no template given' };
  const allowMissingKeys = flags.isOn('allow-missing-template-keys', true);
  switch (name) {
    case 'jsonpath':
      return jsonPathPrinter(template, { allowMissingKeys, minor });
    case 'jsonpath-as-json':
      return jsonPathAsJsonPrinter(template, { allowMissingKeys, minor });
    case 'go-template':
    case 'template':
      return goTemplatePrinter(template, { allowMissingKeys, minor });
    default:
      return { ok: false, error: noFiles(template) };
  }
}

function chooseColumns(name: string, columns: string, { noHeaders = false }: OutputOptions): PrinterChoice {
  if (columns === '') return { ok: false, error: `${name} format specified but no custom columns given` };
  return name === 'custom-columns'
    ? customColumnsPrinter(columns, { noHeaders })
    : { ok: false, error: noFiles(columns) };
}

/** Ours: commands see a server, not the user's files. */
function noFiles(path: string): string {
  return `cannot read ${path}: a template must stand on the command line here`;
}

function printing(text: (data: unknown) => string): PrinterChoice {
  return { ok: true, print: (data) => ({ text: text(data) }) };
}

/** Documents of one output stand apart. */
function documents(text: (data: unknown) => string): (data: unknown) => string {
  let count = 0;
  return (data) => {
    count += 1;
    return count > 1 ? `---\n${text(data)}` : text(data);
  };
}

function names(data: unknown): string {
  const objects = isList(data) ? readList(data, 'items') : [data];
  return (
    objects as readonly {
      readonly apiVersion: string;
      readonly kind: string;
      readonly metadata: { readonly name: string };
    }[]
  )
    .map((object) => `${qualifiedName(object, object.metadata.name)}\n`)
    .join('');
}

function isList(data: unknown): boolean {
  return isFields(data) && Array.isArray(data['items']);
}

function withoutManagedFields(data: unknown, show: boolean): unknown {
  if (show || !isFields(data)) return data;
  if (isList(data)) return { ...data, items: readList(data, 'items').map((item) => withoutManagedFields(item, show)) };
  const { metadata } = data;
  if (!isFields(metadata) || !('managedFields' in metadata)) return data;
  const { managedFields: _, ...kept } = metadata;
  return { ...data, metadata: kept };
}
