// Shows one section of the settings from elsewhere in the page.

import type { Page } from '../store'
import type { SettingsSection } from '../store/state'

/** Shows the settings at one of their sections. */
export function showSettings(page: Page, settingsSection: SettingsSection): void {
  page.arrange({ settingsSection })
  page.show('settings')
}
