/** What a person types into an address bar as an address: a scheme is added where there is none. */
export function addressOf(typed: string): string {
  const text = typed.trim();
  if (text === '') return '';
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
}
