// The $filter of a query: and, or, eq, contains, brackets, texts in single quotes, ids, numbers. Anything else is a syntax error, as it would be
// of the Web API if it stood where it does not belong.

type Value = (column: string) => unknown;

export function matches(filter: string, valueOf: Value): boolean {
  const tokens = filter.match(/'(?:[^']|'')*'|[(),]|[^\s(),']+/g) ?? [];
  const reader = new Reader(tokens, valueOf);
  const result = reader.or();
  reader.end();
  return result;
}

class Reader {
  private at = 0;

  constructor(private readonly tokens: string[], private readonly valueOf: Value) {}

  or(): boolean {
    let result = this.and();
    while (this.take('or')) result = this.and() || result;
    return result;
  }

  end(): void {
    if (this.at < this.tokens.length) throw new Error(`Syntax error at '${this.tokens[this.at]}' in the filter`);
  }

  private and(): boolean {
    let result = this.term();
    while (this.take('and')) result = this.term() && result;
    return result;
  }

  private term(): boolean {
    if (this.take('(')) {
      const inner = this.or();
      this.need(')');
      return inner;
    }
    if (this.take('contains')) {
      this.need('(');
      const value = this.valueOf(this.next());
      this.need(',');
      const part = literal(this.next());
      this.need(')');
      return String(value ?? '').toLowerCase().includes(String(part).toLowerCase());
    }
    const value = this.valueOf(this.next());
    this.need('eq');
    return value === literal(this.next());
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }

  private need(token: string): void {
    if (!this.take(token)) this.wrong();
  }

  private next(): string {
    const token = this.tokens[this.at];
    if (token === undefined) this.wrong();
    this.at++;
    return token as string;
  }

  private wrong(): never {
    throw new Error(`Syntax error at '${this.tokens[this.at] ?? 'the end'}' in the filter`);
  }
}

function literal(token: string): string | number {
  if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
  return /^\d+$/.test(token) ? Number(token) : token;
}
