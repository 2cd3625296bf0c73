/** A file may leave out what stays as it is by default; later versions then bring their own. */
export type Settings<T extends { readonly version: 1 }> = { readonly version: 1 } & {
  readonly [Key in keyof T]?:
    | (T[Key] extends readonly unknown[] ? T[Key] : Partial<T[Key]>)
    | undefined;
};

/** Without the keys that say nothing. */
export function given<T extends object>(
  settings: { readonly [Key in keyof T]?: T[Key] | undefined },
): Partial<T> {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}

export function toText(settings: object): string {
  return `${JSON.stringify(settings, null, 2)}\n`;
}
