// The top bar: environment, palette field, connection summary, theme and the dock's toggle.

import { Monitor, Moon, PanelRight, Search, Sun } from 'lucide-react'
import type { ReactNode } from 'react'
import { usePage, usePageState } from '../context'
import { keysOf } from '../keys'
import { IconButton } from '../parts/controls/IconButton'
import { Menu } from '../parts/floats/Menu'
import { Keys } from '../parts/floats/Tooltip'
import { SETTING_TITLES, THEMES } from '../settings/names'
import { EnvironmentSwitcher } from './environment/Environment'
import { platform } from './platform'
import { Summary } from './Summary'

const THEME_ICONS = { light: Sun, dark: Moon, system: Monitor } as const

function ThemeMenu(): ReactNode {
  const page = usePage()
  const theme = usePageState((state) => state.snapshot?.settings.theme)
  if (theme === undefined) return null
  return (
    <Menu
      align="end"
      trigger={<IconButton icon={THEME_ICONS[theme]} label={SETTING_TITLES.theme} />}
      items={THEMES.map(({ value, label }) => ({
        label,
        icon: THEME_ICONS[value],
        isChecked: value === theme,
        onSelect: () => void page.ask('settings.set', { theme: value }),
      }))}
    />
  )
}

/** The bar at the top of the window. */
export function TopBar(): ReactNode {
  const page = usePage()
  const dock = usePageState((state) => state.dock)
  const dockPlace = usePageState((state) => state.dockPlace)
  const isDockShown = dock !== 'hidden'
  return (
    <header className="topbar" data-region="top bar">
      <div className="left">
        <EnvironmentSwitcher />
      </div>
      <button
        type="button"
        className="palette-field"
        aria-keyshortcuts={platform === 'mac' ? 'Meta+K' : 'Control+K'}
        onClick={() => page.setPalette(true)}
      >
        <Search size={14} strokeWidth={1.75} aria-hidden="true" />
        <span className="cut-off">
          Search<span className="medium"> or run</span>
          <span className="wide"> a command</span>
        </span>
        <Keys keys={keysOf('palette', platform)} />
      </button>
      <div className="right">
        <Summary />
        <i className="rule" />
        <ThemeMenu />
        <IconButton
          icon={PanelRight}
          label={isDockShown ? 'Hide terminals' : 'Show terminals'}
          keys={keysOf('dock', platform)}
          aria-pressed={isDockShown}
          onClick={() => page.setDock(isDockShown ? 'hidden' : dockPlace)}
        />
      </div>
    </header>
  )
}
