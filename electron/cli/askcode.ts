// Asks for the code of a second factor on the terminal of this process, whatever stdin and stdout are.
//
// Owns the terminal for as long as it asks: it is opened on its own, so that a script on stdin or bytes of an ssh session are
// never taken for an answer. What is typed is not shown.

import { openSync, writeSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import { AppError, asError } from '../../shared/errors'
import type { EnvironmentOptions } from '../core/openenvironment'
import { oneLine } from './text'

type AskCode = NonNullable<EnvironmentOptions['askCode']>
type CodeQuestion = Parameters<AskCode>[0]

const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
const BACKSPACES = new Set(['\u0008', '\u007f'])

/** The terminal of a process, opened to be read and written. Undefined where there is none. */
function openTerminal(): { readonly input: ReadStream; readonly descriptor: number } | undefined {
  if (process.platform === 'win32') return undefined
  try {
    const descriptor = openSync('/dev/tty', 'r+')
    return { input: new ReadStream(descriptor), descriptor }
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
function readCode(input: ReadStream, question: CodeQuestion): Promise<string> {
  return new Promise((resolve, reject) => {
    let code = ''
    const finish = (end: () => void): void => {
      input.off('data', hear)
      input.off('end', leave)
      input.off('error', leave)
      end()
    }
    const leave = (): void => finish(() => reject(refused(question, 'none was entered')))
    const hear = (chunk: Buffer): void => {
      for (const key of chunk.toString('latin1')) {
        if (key === CTRL_C || key === CTRL_D) return leave()
        if (BACKSPACES.has(key)) code = code.slice(0, -1)
        else if (/[0-9]/.test(key) && code.length < 6) code += key
        else if (/[\r\n]/.test(key) && code.length === 6) return finish(() => resolve(code))
      }
    }
    input.on('data', hear)
    input.on('end', leave)
    input.on('error', leave)
  })
}

async function ask(question: CodeQuestion, keyboard: ReadStream | undefined): Promise<string> {
  // Two readers of one terminal would share its keys at random.
  if (keyboard?.isRaw === true) throw refused(question, 'the shell has the terminal')
  const own = openTerminal()
  const input = own?.input ?? keyboard
  if (input === undefined) throw refused(question, 'there is no terminal to ask on')
  const say = (text: string): void => {
    if (own === undefined) process.stderr.write(text)
    else writeSync(own.descriptor, text)
  }
  try {
    say(
      `${question.isRepeated ? 'AWS did not accept that code. The next one' : 'Code'} of ${oneLine(question.serial)} ` +
        `for the profile "${oneLine(question.profile)}" (not shown): `,
    )
    input.setRawMode(true)
    return await readCode(input, question)
  } finally {
    if (!input.destroyed) input.setRawMode(false)
    say('\r\n')
    if (own === undefined) input.pause()
    else own.input.destroy()
  }
}

/**
 * Makes what asks on the terminal; `keyboard` is stdin where that is one. `onAnswered` is called once an answer is on its way to
 * AWS. Rejects with `credentials-missing` where there is no terminal or no answer; from then on nobody is asked any more, because
 * what is tried again by itself would ask again and again.
 */
export function askOnTerminal(keyboard: ReadStream | undefined, onAnswered: () => void): AskCode {
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
