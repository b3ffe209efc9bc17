// Asks for the code of a second factor on the terminal of this process, also where stdin or stdout is no terminal.
//
// Owns the terminal's keys while it asks, also where a shell reads them otherwise. If stdin is no terminal, the terminal is opened
// by itself, so that a script on stdin or bytes of an ssh session are never taken for an answer. Typed digits are not shown.

import { closeSync, openSync, writeSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import { AppError, asError } from '../../shared/errors'
import { shownName } from '../../shared/foreigntext'
import type { EnvironmentOptions } from '../core/environments/open'
import { Keyboard } from './keyboard'

type AskCode = NonNullable<EnvironmentOptions['askCode']>
type CodeQuestion = Parameters<AskCode>[0]

const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
const NO_KEYS = Buffer.alloc(0)
const BACKSPACES = new Set(['\u0008', '\u007f'])

/** Opens the terminal of this process. Undefined where it has none, and on Windows, which has no file for it. */
function openTerminal(): number | undefined {
  if (process.platform === 'win32') return undefined
  try {
    return openSync('/dev/tty', 'r+')
  } catch {
    return undefined
  }
}

function refused({ profile }: CodeQuestion, why: string): AppError {
  return new AppError(
    'credentials-missing',
    `The profile "${profile}" wants the code of a second factor, and ${why}: run the command again in a terminal.`,
  )
}

/** Reads six digits key by key. Rejects where Ctrl-C, Ctrl-D or the end of the terminal comes instead. */
function readCode(keyboard: Keyboard, question: CodeQuestion): Promise<string> {
  return new Promise((resolve, reject) => {
    let code = ''
    const press = (key: string): 'more' | 'sent' | 'left' => {
      if (key === CTRL_C || key === CTRL_D) return 'left'
      if (/[\r\n]/.test(key) && code.length === 6) return 'sent'
      if (BACKSPACES.has(key)) code = code.slice(0, -1)
      else if (/[0-9]/.test(key) && code.length < 6) code += key
      return 'more'
    }
    const leave = (): void => {
      giveBack()
      reject(refused(question, 'none was entered'))
    }
    const hear = (keys: Buffer): Buffer => {
      for (const [index, byte] of keys.entries()) {
        const outcome = press(String.fromCharCode(byte))
        if (outcome === 'more') continue
        if (outcome === 'left') leave()
        else {
          giveBack()
          resolve(code)
        }
        return keys.subarray(index + 1)
      }
      return NO_KEYS
    }
    const giveBack = keyboard.divert(hear, leave)
  })
}

async function ask(question: CodeQuestion, stdin: Keyboard | undefined): Promise<string> {
  const terminal = openTerminal()
  const own = stdin === undefined && terminal !== undefined ? new ReadStream(terminal) : undefined
  const keyboard = own === undefined ? stdin : new Keyboard(own)
  try {
    if (keyboard === undefined) throw refused(question, 'there is no terminal to ask on')
    const say = (text: string): void => {
      if (terminal === undefined) process.stderr.write(text)
      else writeSync(terminal, text)
    }
    // The cursor of a shell may stand anywhere.
    const start = keyboard.isRaw ? '\r\n' : ''
    using _ = keyboard.hold()
    say(
      `${start}${question.isRepeated ? 'AWS did not accept that code. The next one' : 'Code'} of ${shownName(question.serial)} ` +
        `for the profile "${shownName(question.profile)}" (not shown): `,
    )
    try {
      return await readCode(keyboard, question)
    } finally {
      say('\r\n')
    }
  } finally {
    // The stream closes its descriptor.
    if (own !== undefined) own.destroy()
    else if (terminal !== undefined) closeSync(terminal)
  }
}

/**
 * Makes a function that asks on the terminal; `keyboard` is stdin where that is a terminal. `onAnswered` is called once an answer is
 * on its way to AWS. Rejects with `credentials-missing` where there is no terminal or no answer. After that it does not ask again,
 * because automatic retries would repeat the question.
 */
export function askOnTerminal(keyboard: Keyboard | undefined, onAnswered: () => void): AskCode {
  let refusal: Error | undefined
  return async (question) => {
    if (refusal !== undefined) throw refusal
    try {
      const code = await ask(question, keyboard)
      setImmediate(onAnswered)
      return code
    } catch (error) {
      refusal = asError(error)
      throw refusal
    }
  }
}
