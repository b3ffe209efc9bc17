// What would be started with the typed fields: asked of the core while a person types, and kept until the next answer.

import { useEffect, useState } from 'react'
import { toWireError, type WireError } from '../../shared/errors'
import type { EphemeralFields, EphemeralPlan } from '../../shared/model/ephemeral'
import { usePage } from '../context'

/** A person who types pauses for longer than this. */
const PAUSE_MS = 250

/** The plan. Each part is absent until it is known; `plan` stays while another one is being asked. */
export interface Planned {
  readonly plan?: EphemeralPlan
  /** Why the core has no plan. */
  readonly error?: WireError
  readonly isAsking: boolean
}

/** The plan for `fields`; the last one while `fields` is undefined, because the form is incomplete. */
export function usePlan(fields: EphemeralFields | undefined): Planned {
  const page = usePage()
  const [planned, setPlanned] = useState<Omit<Planned, 'isAsking'> & { readonly of: string }>({ of: '' })
  const key = fields === undefined ? '' : JSON.stringify(fields)
  useEffect(() => {
    if (fields === undefined) return
    let isOld = false
    const ask = async (): Promise<void> => {
      try {
        const plan = await page.request('ephemeral.plan', fields)
        if (!isOld) setPlanned({ plan, of: key })
      } catch (error) {
        if (!isOld) setPlanned({ error: toWireError(error), of: key })
      }
    }
    const timer = setTimeout(() => void ask(), PAUSE_MS)
    return () => {
      isOld = true
      clearTimeout(timer)
    }
    // `key` is the value of `fields`.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [page, key])
  const { of, ...known } = planned
  return { ...known, isAsking: key !== '' && of !== key }
}
