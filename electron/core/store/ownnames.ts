// Ids and names of a saved list that was edited by hand: each becomes its own, and nothing of the list is lost. The same list always
// gets the same names. Pure.

const MAX_NAME = 100
/** The longest id of a saved value. */
export const MAX_ID = 200

/** The same values in the same order. An id or name that came before gets a number: "db (2)". */
export function withOwnNames<T extends { readonly id: string; readonly name: string }>(list: readonly T[]): T[] {
  const ids = distinct(
    list.map(({ id }) => id),
    (id, count) => ending(id, `-${count}`, MAX_ID),
  )
  const names = distinct(
    list.map(({ name }) => name),
    (name, count) => ending(name, ` (${count})`, MAX_NAME),
  )
  return list.map((one, index) => ({ ...one, id: ids[index] ?? one.id, name: names[index] ?? one.name }))
}

function ending(text: string, end: string, max: number): string {
  return `${text.slice(0, max - end.length)}${end}`
}

/** The same texts in the same order; a text that came before gets a number. A text that stands once stays as it is. */
function distinct(texts: readonly string[], variant: (text: string, count: number) => string): string[] {
  const taken = new Set(texts)
  const seen = new Set<string>()
  return texts.map((text) => {
    let own = text
    for (let count = 2; seen.has(text) && taken.has(own); count += 1) own = variant(text, count)
    seen.add(text)
    taken.add(own)
    return own
  })
}
