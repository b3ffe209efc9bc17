// Refuses what cannot be a destination, when a drain is saved. The rules of single fields are those of the form: shared/drainrules.ts.

import { createSecureContext } from 'node:tls'
import { isAbsolute, relative, resolve } from 'node:path'
import {
  caProblem,
  headerProblem,
  hostProblem,
  indexProblem,
  pathProblem,
  urlProblem,
} from '../../../shared/drainrules'
import { AppError } from '../../../shared/errors'
import type { DrainDestination, DrainSecrets } from '../../../shared/model/drain'

/** What a check needs beside the destination. */
export interface CheckOptions {
  readonly dataDirectory: string
  /** The names of the secrets that the drain will have. */
  readonly secrets: readonly (keyof DrainSecrets)[]
}

/** Throws `usage` for a destination that cannot be one. */
export function checkDestination(destination: DrainDestination, { dataDirectory, secrets }: CheckOptions): void {
  switch (destination.kind) {
    case 'https':
      refuseFor(urlProblem(destination.url))
      for (const name of Object.keys(destination.headers ?? {})) refuseFor(headerProblem(name))
      return
    case 'elasticsearch':
      refuseFor(urlProblem(destination.url))
      refuseFor(indexProblem(destination.index, destination.isDataStream))
      if (destination.auth === 'basic' && (destination.user ?? '') === '')
        refuse('Enter the user of the basic authentication.')
      if (destination.auth === 'basic' && !secrets.includes('password')) refuse('Enter the password of the user.')
      if (destination.auth === 'api-key' && !secrets.includes('apiKey'))
        refuse('Enter the API key, in its encoded form.')
      return
    case 'syslog':
      refuseFor(hostProblem(destination.host))
      if (destination.ca !== undefined) checkAuthority(destination.ca)
      return
    case 'file':
      checkPath(destination.path, dataDirectory)
  }
}

function refuse(text: string): never {
  throw new AppError('usage', text)
}

function refuseFor(problem: string | undefined): void {
  if (problem !== undefined) refuse(problem)
}

function checkAuthority(pem: string): void {
  refuseFor(caProblem(pem.trim()))
  try {
    if (pem.trim() === '') throw new Error('no certificate')
    createSecureContext({ ca: pem })
  } catch {
    refuse('The certificate authority cannot be read. Enter it as PEM, with its BEGIN and END lines.')
  }
}

function checkPath(path: string, dataDirectory: string): void {
  refuseFor(pathProblem(path))
  // The form does not know whose computer this is: a path of Windows is none of another system.
  if (!isAbsolute(path)) refuse('The path is not absolute on this computer. Enter an absolute path.')
  const within = relative(resolve(dataDirectory), resolve(path))
  if (within === '' || (!/^\.\.(?:[/\\]|$)/.test(within) && !isAbsolute(within))) {
    refuse("This path is in Culvert's own data directory. Choose another folder.")
  }
}
