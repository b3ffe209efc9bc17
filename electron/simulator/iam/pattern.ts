// Patterns of AWS: `*` stands for any text and `?` for one character, in policies and in the filters of EC2. Pure.

/**
 * Whether `text` as a whole matches `pattern`. Without a regular expression, because a pattern comes from outside and one of many
 * stars can take for ever there.
 */
export function matches(pattern: string, text: string): boolean {
  let [at, from, star, mark] = [0, 0, -1, 0]
  while (at < text.length) {
    const wanted = pattern[from]
    if (wanted === '*') {
      star = from
      mark = at
      from += 1
    } else if (wanted !== undefined && (wanted === '?' || wanted === text[at])) {
      at += 1
      from += 1
    } else if (star !== -1) {
      from = star + 1
      mark += 1
      at = mark
    } else {
      return false
    }
  }
  while (pattern[from] === '*') from += 1
  return from === pattern.length
}
