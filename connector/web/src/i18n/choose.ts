/** The first wanted language that there is; pt-PT readers get pt-BR rather than English. Falls back to the first available. */
export function chooseLanguage(available: readonly string[], preferred: readonly string[]): string {
  for (const want of preferred) {
    const exact = available.find((a) => a.toLowerCase() === want.toLowerCase());
    const near = exact ?? available.find((a) => base(a) === base(want));
    if (near) return near;
  }
  return available[0] as string;
}

function base(tag: string): string {
  return (tag.split('-')[0] ?? tag).toLowerCase();
}
