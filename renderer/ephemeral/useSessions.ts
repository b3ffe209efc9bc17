// The ephemeral sessions of an environment, asked for again while they are shown, and the end of one of them.

import { useCallback, useEffect, useState } from 'react'
import { toWireError, type WireError } from '../../shared/errors'
import type { EnvironmentRef } from '../../shared/model/environment'
import type { EphemeralListing, OpenEphemeral } from '../../shared/model/ephemeral'
import { usePage } from '../context'

/** AWS may tell of a task for a minute after its end. */
const EVERY_MS = 15_000

/** The sessions as they are shown. */
export interface EphemeralSessions {
  readonly listing?: EphemeralListing
  readonly error?: WireError
  /** The ids of the tasks that AWS was asked to stop. */
  readonly ending: ReadonlySet<string>
  readonly end: (session: OpenEphemeral) => Promise<void>
}

/** The sessions of `environment`; of none while it is undefined. */
export function useSessions(environment: EnvironmentRef | undefined): EphemeralSessions {
  const page = usePage()
  const [known, setKnown] = useState<{ readonly listing?: EphemeralListing; readonly error?: WireError }>({})
  const [ending, setEnding] = useState<ReadonlySet<string>>(new Set())
  const key = environment === undefined ? '' : JSON.stringify(environment)
  const list = useCallback(async (): Promise<void> => {
    if (environment === undefined || document.visibilityState !== 'visible') return
    try {
      const listing = await page.request('ephemeral.list', { environment })
      setKnown({ listing })
    } catch (error) {
      setKnown((before) => ({ ...before, error: toWireError(error) }))
    }
    // `key` is the value of `environment`.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [page, key])
  useEffect(() => {
    void list()
    const timer = setInterval(() => void list(), EVERY_MS)
    return () => clearInterval(timer)
  }, [list])
  const end = async ({ cluster, taskId }: OpenEphemeral): Promise<void> => {
    if (environment === undefined) return
    setEnding((before) => new Set([...before, taskId]))
    const isStopped = await page.ask('ephemeral.stop', { environment, cluster, taskId })
    if (isStopped) page.announce('The session is ending. AWS may list it for a minute more.')
    else setEnding((before) => new Set([...before].filter((each) => each !== taskId)))
    await list()
  }
  return { ...known, ending, end }
}
