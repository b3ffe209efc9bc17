// Shows the full text of a cut element: on hover, and when the element or the row around it has the focus.
//
// One instance for the whole page: it examines the element under the pointer or with the focus, so that no part needs to know
// whether its text fits. Screen readers read the full text anyway; this is for sighted people. Elements whose own tooltip
// shows the full text (`title`, an address) are skipped under the pointer.

import { useEffect, useState, type ReactNode } from 'react'
import { createPortal } from 'react-dom'
import { floats } from '../floats/floats'

const DELAY_MS = 400
const GAP_PX = 6
const EDGE_PX = 8
/** As in floats.css. */
const WIDTH_PX = 420
const MAX_TEXTS = 6
/** The longest cause has this height: 13 lines. With less room below the cut element, the side with more room is used. */
const ROOM_PX = 230

interface Shown {
  readonly texts: readonly string[]
  readonly left: number
  /** Either `top` or `bottom` is set: below the cut element, or above it if there is more space. */
  readonly top?: number
  readonly bottom?: number
}

/** Whether an element cuts off part of its own text. */
function isCut(element: Element): boolean {
  if (!(element instanceof HTMLElement) || element.textContent.trim() === '') return false
  const { textOverflow, webkitLineClamp, overflowX } = getComputedStyle(element)
  const isWide = element.scrollWidth > element.clientWidth && textOverflow === 'ellipsis' && overflowX !== 'visible'
  return isWide || (webkitLineClamp !== 'none' && element.scrollHeight > element.clientHeight + 1)
}

/** The innermost cut elements in `within`, except those in a terminal's screen. */
function cutsIn(within: Element): readonly Element[] {
  const cuts = [within, ...within.querySelectorAll('*')].filter(isCut)
  return cuts.filter((cut) => !cuts.some((other) => other !== cut && cut.contains(other))).slice(0, MAX_TEXTS)
}

/** The cut element at or around an element, but not outside its row. */
function cutAround(element: Element): Element | undefined {
  let at: Element | null = element
  for (let step = 0; at !== null && step < 4; step += 1) {
    if (at.matches('[title], .address, .xterm')) return undefined
    if (isCut(at)) return at
    at = at.parentElement
  }
  return undefined
}

function place(texts: readonly string[], anchor: Element): Shown {
  const box = anchor.getBoundingClientRect()
  const left = Math.max(EDGE_PX, Math.min(box.left, window.innerWidth - WIDTH_PX - EDGE_PX))
  const below = window.innerHeight - box.bottom
  return below < ROOM_PX && box.top > below
    ? { texts, left, bottom: window.innerHeight - box.top + GAP_PX }
    : { texts, left, top: box.bottom + GAP_PX }
}

/** The full text of a cut element, as it is in the page: with the marks of invisible characters. */
function wordsOf(element: Element): string {
  return element.textContent.trim()
}

/** The full text of cut elements. Used once, at the end of the page. Esc hides it. */
export function FullText(): ReactNode {
  const [shown, setShown] = useState<Shown | undefined>(undefined)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let under: Element | undefined
    const hide = (): void => {
      clearTimeout(timer)
      under = undefined
      setShown(undefined)
    }
    const point = (event: PointerEvent): void => {
      const cut = event.target instanceof Element ? cutAround(event.target) : undefined
      if (cut === under) return
      hide()
      if (cut === undefined || event.buttons !== 0) return
      under = cut
      timer = setTimeout(() => {
        if (cut.isConnected) setShown(place([wordsOf(cut)], cut))
      }, DELAY_MS)
    }
    const focus = (event: FocusEvent): void => {
      hide()
      const { target } = event
      if (!(target instanceof HTMLElement) || !target.matches(':focus-visible')) return
      // Skips regions that have the focus as a whole, and inputs with their own text.
      if (target.matches('input, textarea, section, [role=tabpanel]')) return
      const around = target.closest('.banner') ?? target
      const cuts = cutsIn(around)
      if (cuts.length > 0) setShown(place(cuts.map(wordsOf), around))
    }
    const press = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') hide()
    }
    document.addEventListener('pointerover', point)
    document.addEventListener('pointerdown', hide, { capture: true })
    document.addEventListener('focusin', focus)
    document.addEventListener('focusout', hide)
    document.addEventListener('scroll', hide, { capture: true })
    document.addEventListener('keydown', press, { capture: true })
    return () => {
      clearTimeout(timer)
      document.removeEventListener('pointerover', point)
      document.removeEventListener('pointerdown', hide, { capture: true })
      document.removeEventListener('focusin', focus)
      document.removeEventListener('focusout', hide)
      document.removeEventListener('scroll', hide, { capture: true })
      document.removeEventListener('keydown', press, { capture: true })
    }
  }, [])
  if (shown === undefined) return null
  const { texts, ...style } = shown
  return createPortal(
    <div className="tooltip full-text" aria-hidden="true" style={style}>
      {texts.map((text, index) => (
        <p key={index}>
          <bdi>{text}</bdi>
        </p>
      ))}
    </div>,
    floats() ?? document.body,
  )
}
