// Addresses in foreign text, such as a shell's output: decides which of them a person may be offered to open.

/** Longer texts are not addresses that people use. */
const MAX_CHARACTERS = 2_048

/**
 * The normalised address, its host in ASCII. Undefined for schemes other than `http` and `https`, and for an address with a
 * user name, which can hide the host.
 */
export function webAddress(text: string): string | undefined {
  if (text.length > MAX_CHARACTERS || !URL.canParse(text)) return undefined
  const { protocol, username, password, href } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:') return undefined
  return username === '' && password === '' ? href : undefined
}
