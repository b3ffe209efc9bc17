// Addresses that foreign text names, a shell's output for one: which of them a person may be offered to open.

/** Longer ones are no addresses of people. */
const MAX_CHARACTERS = 2_048

/** The address written out, its host in ASCII; undefined for other schemes than `http` and `https`, and for an address with a user name, which can hide the host. */
export function webAddress(text: string): string | undefined {
  if (text.length > MAX_CHARACTERS || !URL.canParse(text)) return undefined
  const { protocol, username, password, href } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:') return undefined
  return username === '' && password === '' ? href : undefined
}
