// Splits a command line into words the way a POSIX shell quotes, without any expansion. Pure.
//
// The agent runs NonInteractiveCommands without a shell: `$HOME`, `|` and `;` are ordinary characters.
// Source: specification §7.2.

/** Splits `line` into words. Single quotes, double quotes and backslashes quote; returns undefined on an open quote. */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = []
  let word = ''
  let isInWord = false
  let quote = ''
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at)
    const next = line.charAt(at + 1)
    if (quote === "'") {
      if (character === "'") quote = ''
      else word += character
    } else if (character === '\\' && (quote === '' || '"\\$`\n'.includes(next))) {
      if (next === '') return undefined
      if (next !== '\n') word += next
      isInWord = true
      at += 1
    } else if (quote === '"') {
      if (character === '"') quote = ''
      else word += character
    } else if (character === "'" || character === '"') {
      quote = character
      isInWord = true
    } else if (/\s/.test(character)) {
      if (isInWord) words.push(word)
      word = ''
      isInWord = false
    } else {
      word += character
      isInWord = true
    }
  }
  if (quote !== '') return undefined
  if (isInWord) words.push(word)
  return words
}
