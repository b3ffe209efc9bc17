// The page's appearance outside its body: theme and density on <html>, the title, and the favicon.

import { useEffect } from 'react'
import { overallTone, summaryWords } from '../../shared/overall'
import { usePageState } from '../context'
import attention from '../glyphs/attention.svg'
import idle from '../glyphs/idle.svg'
import up from '../glyphs/up.svg'
import working from '../glyphs/working.svg'
import type { PageState } from '../store/state'

const signs = { idle, up, working, attention }

/** The page's title: the state of the forwards, or that it is unknown. A short loss of the Link does not change it. Pure. */
function titleWords({ connection, goneSinceAt, snapshot }: PageState): string {
  if (goneSinceAt !== undefined) return 'Not running – Culvert'
  if (connection === 'refused' || connection === 'tokenless') return 'Not connected – Culvert'
  if (snapshot === undefined || overallTone(snapshot) === 'idle') return 'Culvert'
  return `${summaryWords(snapshot)} – Culvert`
}

/** Keeps <html> and <head> in step with the state. */
export function useAppearance(): void {
  const theme = usePageState((state) => state.snapshot?.settings.theme)
  const density = usePageState((state) => state.snapshot?.settings.density)
  const title = usePageState(titleWords)
  const sign = usePageState(({ snapshot, goneSinceAt }) =>
    snapshot === undefined || goneSinceAt !== undefined ? 'idle' : overallTone(snapshot),
  )

  useEffect(() => {
    const { dataset } = document.documentElement
    if (theme === undefined || theme === 'system') delete dataset['theme']
    else dataset['theme'] = theme
  }, [theme])
  useEffect(() => {
    const { dataset } = document.documentElement
    if (density === 'compact') dataset['density'] = density
    else delete dataset['density']
  }, [density])
  useEffect(() => {
    document.title = title
  }, [title])
  useEffect(() => {
    document.querySelector<HTMLLinkElement>('link[rel=icon]')?.setAttribute('href', signs[sign])
  }, [sign])
}
