// Asks yes or no on the terminal of this process, with one key.

import { interrupted } from './life'
import type { Keyboard } from './keyboard'
import type { Printer } from './context'

/** Resolves with whether `y` was pressed. */
function pressedYes(keyboard: Keyboard, signal: AbortSignal): Promise<boolean> {
  using held = keyboard.hold()
  const pressed = new Promise<boolean>((resolve) => {
    const giveBack = keyboard.divert(
      (keys) => {
        giveBack()
        resolve(/^y/i.test(keys.toString('latin1')))
        return Buffer.alloc(0)
      },
      () => resolve(false),
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
  const isYes = await pressedYes(keyboard, signal)
  await stderr.write(isYes ? 'y\n' : 'n\n')
  return isYes
}
