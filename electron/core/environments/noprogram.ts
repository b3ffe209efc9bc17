// An image without the program that a session in it shall run, as the exec agent and the runtime word it. Pure.

import { AppError } from '../../../shared/errors'

/** Source: runc, "exec: … executable file not found in $PATH"; amazon-ssm-agent, "Failed to start pty: fork/exec … no such file or directory". */
const NO_PROGRAM = /executable file not found|no such file or directory/i
/** Begins what the exec agent says of a command that it could not start. */
const NOT_STARTED = /Unable to start command/i

/** Whether a text says that there is no such program. */
export function isNoProgram(text: string): boolean {
  return NO_PROGRAM.test(text)
}

/** The error for a shell that ended with this text before its command ran; undefined for any other end. */
export function noProgramError(text: string, command: string, name: string): AppError | undefined {
  if (!NOT_STARTED.test(text) || !isNoProgram(text)) return undefined
  const words = `The image of ${name} has no ${command.split(' ')[0] ?? command}: name a program of the image with --command.`
  return new AppError('exec-blocked', words)
}
