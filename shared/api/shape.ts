// Checks of messages on a Link: outside data is unknown until its shape was checked.
//
// The core makes these values from the same types. So only the outer shape is checked, and the inner values are trusted.
// Written by hand, because zod, also as `zod/mini`, would have to load before the page shows anything.

/** Tells whether a value has a type. */
export type Guard<T> = (value: unknown) => value is T

type KindName = 'text' | 'number' | 'flag' | 'list' | 'bytes' | 'record'

/** The kind of a field, as seen from outside. */
type Kind<T> = T extends string
  ? 'text'
  : T extends number
    ? 'number'
    : T extends boolean
      ? 'flag'
      : T extends Uint8Array
        ? 'bytes'
        : T extends readonly unknown[]
          ? 'list'
          : 'record'

type RequiredKey<T> = { [K in keyof T]-?: undefined extends T[K] ? never : K }[keyof T]

/** The fields that a value of type `T` always has, with the kind of each. */
type Shape<T> = { readonly [K in RequiredKey<T>]: Kind<T[K]> }

const kinds: Readonly<Record<KindName, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  flag: (value) => typeof value === 'boolean',
  list: (value) => Array.isArray(value),
  bytes: (value) => value instanceof Uint8Array,
  record: (value) => isRecord(value),
}

/** Whether `value` is an object whose fields can be read. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** Whether `value` is null: the answer of requests that return nothing. */
export function isNull(value: unknown): value is null {
  return value === null
}

/** Whether `value` is a list. Its items are not checked. */
export function isList<T>(value: unknown): value is readonly T[] {
  return Array.isArray(value)
}

/** Makes the check of an object with these fields. Other fields are ignored. */
export function recordOf<T extends object>(shape: Shape<T> & Readonly<Record<string, KindName>>): Guard<T> {
  const fields = Object.entries<KindName>(shape)
  return (value): value is T => isRecord(value) && fields.every(([name, kind]) => kinds[kind](value[name]))
}
