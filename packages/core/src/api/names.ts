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

/** What is wrong with the name of a namespace, a container or a volume; empty when nothing is. */
export function findDnsLabelErrors(name: string): readonly string[] {
  const errors: string[] = [];
  if (name.length > LENGTH_MAX) errors.push(`must be no more than ${LENGTH_MAX} characters`);
  if (!LABEL_PATTERN.test(name)) {
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

/** The server prints a comma after each example, before `or`: so `kubectl` shows it, and so users search for it. */
function withExamples(text: string, pattern: string, examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `${text} (e.g. ${shown}regex used for validation is '${pattern}')`;
}
