// Asks on the terminal of this process, with one key.

import { interrupted } from './life'
import type { Keyboard } from './keyboard'
import type { Printer } from './context'

/** Resolves with the next key; "" where the terminal ends. Rejects with the `Interruption` of `signal`. */
export function pressedKey(keyboard: Keyboard, signal: AbortSignal): Promise<string> {
  // Not `using`: it would let go when this function returns, before the key comes.
  const held = keyboard.hold()
  const pressed = new Promise<string>((resolve) => {
    const giveBack = keyboard.divert(
      (keys) => {
        giveBack()
        resolve(keys.toString('latin1'))
        return Buffer.alloc(0)
      },
      () => resolve(''),
    )
  })
  const release = (): void => held[Symbol.dispose]()
  return Promise.race([pressed, interrupted(signal)]).finally(release)
}

/** Prints a question and resolves with whether `y` was pressed. Rejects with the `Interruption` of `signal`. */
export async function isConfirmed(
  question: string,
  { keyboard, stderr, signal }: { readonly keyboard: Keyboard; readonly stderr: Printer; readonly signal: AbortSignal },
): Promise<boolean> {
  await stderr.write(`${question} [y/N] `)
  const isYes = /^y/i.test(await pressedKey(keyboard, signal))
  await stderr.write(isYes ? 'y\n' : 'n\n')
  return isYes
}
