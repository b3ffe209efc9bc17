// "Check now": asks the core to check each leg of a forward once, and keeps the result.

import { useEffect, useRef, useState } from 'react'
import { toWireError } from '../../../shared/errors'
import type { CheckedLeg, ForwardView } from '../../../shared/model/forward'
import { usePage } from '../../context'
import { checkSentence } from '../words/legs'

/** The latest check of one forward. */
export interface Check {
  readonly isRunning: boolean
  /** Undefined if nothing was checked, or the forward's state has changed since. */
  readonly found: readonly CheckedLeg[] | undefined
  /** Why the forward cannot be checked now, as a sentence. */
  readonly reason: string | undefined
  readonly run: () => void
}

interface Result {
  /** The forward's state at the time of the check. */
  readonly standing: string
  readonly legs: readonly CheckedLeg[]
}

/** A check stays valid while this value stays the same. */
function standingOf({ state, destination }: ForwardView): string {
  return destination === undefined ? state.kind : `${state.kind}, destination fails`
}

function reasonOf({ forward, state }: ForwardView, isRunning: boolean): string | undefined {
  if (isRunning) return 'The check is running.'
  if (state.kind === 'off') return `${forward.name} is off. Turn it on to check its path.`
  return state.kind === 'connecting' ? 'It is connecting.' : undefined
}

/**
 * Checks of the forward `view`; each component instance shows one forward. The result is also announced, a failure at once.
 */
export function useCheck(view: ForwardView): Check {
  const page = usePage()
  const [isRunning, setRunning] = useState(false)
  const [result, setResult] = useState<Result | undefined>(undefined)
  const isGone = useRef(false)
  useEffect(() => {
    isGone.current = false
    return () => {
      isGone.current = true
    }
  }, [])

  const { forward } = view
  const check = async (): Promise<void> => {
    setRunning(true)
    try {
      const { legs } = await page.request('forward.check', { forwardId: forward.id })
      if (isGone.current) return
      // By now the state contains the result for the destination.
      const { snapshot } = page.store.getState()
      const now = snapshot?.forwards.find((each) => each.forward.id === forward.id) ?? view
      setResult({ standing: standingOf(now), legs })
      const isFailed = legs.some(({ outcome }) => outcome === 'failed')
      page.announce(`${forward.name}: ${checkSentence(legs)}`, isFailed ? 'assertive' : 'polite')
    } catch (error) {
      page.toast({ tone: 'failed', title: toWireError(error).message })
    }
    setRunning(false)
  }

  return {
    isRunning,
    found: result?.standing === standingOf(view) ? result.legs : undefined,
    reason: reasonOf(view, isRunning),
    run: () => void check(),
  }
}
