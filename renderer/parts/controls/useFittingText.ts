// The longest of several placeholders that fits into an input: a cut placeholder is of no use.

import { useEffect, useRef, useState, type RefObject } from 'react'

/** An input and the placeholder that fits it. */
export interface FittingText {
  readonly input: RefObject<HTMLInputElement | null>
  readonly placeholder: string
}

function fits(input: HTMLInputElement, text: string): boolean {
  const { font, paddingLeft, paddingRight } = getComputedStyle(input)
  const context = document.createElement('canvas').getContext('2d')
  if (context === null) return true
  context.font = font
  const roomPx = input.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight)
  return context.measureText(text).width <= roomPx
}

/** Chooses between the whole text and its first word, whenever the input's size changes. */
export function useFittingText(text: string): FittingText {
  const input = useRef<HTMLInputElement>(null)
  const [isWhole, setWhole] = useState(true)
  useEffect(() => {
    const element = input.current
    if (element === null) return
    const watch = new ResizeObserver(() => setWhole(fits(element, text)))
    watch.observe(element)
    return () => watch.disconnect()
  }, [text])
  return { input, placeholder: isWhole ? text : (text.split(' ', 1)[0] ?? text) }
}
