// The colour of an environment: the square shown beside its name, and the menu that changes the colour.

import { Palette } from 'lucide-react'
import type { ReactNode } from 'react'
import { HUES, hueOf, type Hue, type Settings } from '../../shared/settings'
import { usePageState } from '../context'
import type { Page } from '../store'
import type { MenuEntry } from './floats/Menu'

const LABELS: Readonly<Record<Hue, string>> = {
  blue: 'Blue',
  teal: 'Teal',
  green: 'Green',
  olive: 'Olive',
  orange: 'Orange',
  red: 'Red',
  pink: 'Pink',
  purple: 'Purple',
}

/** The props of the square. */
export interface EnvironmentHueProps {
  /** The environment's name. */
  readonly name: string
  readonly kind: 'demo' | 'aws'
}

/** The square of an environment. The environment's name must be nearby, or in the label of the element around it. */
export function EnvironmentHue({ name, kind }: EnvironmentHueProps): ReactNode {
  const hue = usePageState(({ snapshot }) => (snapshot === undefined ? undefined : hueOf(name, snapshot.settings)))
  return <i className={`hue ${hue ?? 'teal'} ${kind}`} aria-hidden="true" />
}

/** The menu item that opens the colour menu of an environment. */
export function hueEntry(page: Page, name: string, settings: Settings): MenuEntry {
  const present = hueOf(name, settings)
  return {
    label: 'Colour of',
    name,
    icon: Palette,
    items: HUES.map((hue) => ({
      label: LABELS[hue],
      hue,
      isChecked: hue === present,
      onSelect: () => void page.ask('settings.set', { environmentHues: { ...settings.environmentHues, [name]: hue } }),
    })),
  }
}
