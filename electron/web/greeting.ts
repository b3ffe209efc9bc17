// Greets a person at a terminal once the web host is ready, and opens the browser.
//
// Runs at terminals only; programs read the READY line. Owns the file that redirects the browser.

import { CODE_LIFE_MS } from './entry'
import type { WebDoor } from './door'
import { findOpener, startOpener, writeRedirect, type RedirectFile } from './opener'

const END = 'Ctrl+C here ends it, with every tunnel and shell.'

/** The parameters of `greet`. */
export interface GreetingOptions {
  readonly door: Pick<WebDoor, 'issueEntry'>
  readonly env: NodeJS.ProcessEnv
  readonly platform: NodeJS.Platform
  /** Whether the person has asked for no browser. */
  readonly noOpen: boolean
  /** Writes one line to the terminal. */
  readonly say: (line: string) => void
}

/** Tells how to reach and end Culvert, and opens the browser. Disposing deletes the file. Never rejects. */
export async function greet({ door, env, platform, noOpen, say }: GreetingOptions): Promise<Disposable> {
  const opener = noOpen ? undefined : findOpener(env, platform)
  if (opener === undefined) {
    say(
      noOpen
        ? 'Culvert is at the address above: open it in a browser on this computer.'
        : 'No browser can be opened from here: open the address above in a browser on this computer.',
    )
    say(END)
    return { [Symbol.dispose]: () => undefined }
  }
  let redirect: RedirectFile | undefined
  const remove = (): void => redirect?.[Symbol.dispose]()
  try {
    redirect = await writeRedirect(door.issueEntry(remove))
    say('Culvert opens in your browser. If it does not, open the address above on this computer.')
    say(END)
    startOpener(opener, redirect.file, (why) => {
      say(`No browser could be opened (${why}): open the address above.`)
      remove()
    })
  } catch (error) {
    say(
      `No browser could be opened (${error instanceof Error ? error.message : String(error)}): open the address above.`,
    )
    say(END)
  }
  const timer = setTimeout(remove, CODE_LIFE_MS)
  timer.unref()
  return {
    [Symbol.dispose]: () => {
      clearTimeout(timer)
      remove()
    },
  }
}
