// Brings the focus back to where it was before a reload: the region, and in it the terminal, the row or the filter.
//
// Waits for an element that is drawn late (a list that is still loading, a terminal's screen), until a person does something.

import { useEffect } from 'react'
import { usePage } from '../context'
import type { FocusPlace } from '../store/state'

const SELECTORS: Readonly<Record<FocusPlace['kind'], string>> = {
  terminal: '.pane.front .xterm-helper-textarea',
  row: '[role=row][tabindex="0"]',
  filter: '[data-view-filter]',
  current: '[aria-current]',
  other: 'button:not([tabindex="-1"]), input, [tabindex="0"]',
}

const KINDS = ['terminal', 'row', 'filter', 'current', 'other'] as const

function placeOf(element: Element): FocusPlace | undefined {
  const region = element.closest<HTMLElement>('[data-region]')?.dataset['region']
  const kind = KINDS.find((each) => element.matches(SELECTORS[each]))
  return region === undefined || kind === undefined ? undefined : { region, kind }
}

function isInSight(element: Element): boolean {
  return element.getClientRects().length > 0
}

/** Focuses the place; false where it is not drawn yet. */
function focusPlace({ region, kind }: FocusPlace): boolean {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')]
  const shown = regions.find(({ dataset }) => dataset['region'] === region)
  const found = [...(shown?.querySelectorAll<HTMLElement>(SELECTORS[kind]) ?? [])].find(isInSight)
  found?.focus()
  return found !== undefined
}

/** Restores the focus once, and writes down from then on where it is. */
export function useFocusMemory(): void {
  const page = usePage()
  useEffect(() => {
    const place = page.store.getState().focusPlace
    const watch = new MutationObserver(() => look())
    const stop = (): void => watch.disconnect()
    const look = (): void => {
      // Something else took the focus meanwhile: that is newer.
      if (place === undefined || document.activeElement !== document.body || focusPlace(place)) stop()
    }
    watch.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['tabindex'] })
    look()
    const note = (event: FocusEvent): void => {
      const focusedPlace = event.target instanceof Element ? placeOf(event.target) : undefined
      if (focusedPlace !== undefined) page.store.setState({ focusPlace: focusedPlace })
    }
    document.addEventListener('focusin', note)
    document.addEventListener('pointerdown', stop, { capture: true })
    document.addEventListener('keydown', stop, { capture: true })
    return () => {
      stop()
      document.removeEventListener('focusin', note)
      document.removeEventListener('pointerdown', stop, { capture: true })
      document.removeEventListener('keydown', stop, { capture: true })
    }
  }, [page])
}
