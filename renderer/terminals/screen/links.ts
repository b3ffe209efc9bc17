// Addresses in a terminal's output: shown while the pointer is on them, opened by Ctrl+click (macOS: Cmd+click), nothing else.
//
// A program may name any address behind any text (OSC 8), so the true target is shown before it can be opened, and only http
// and https are links at all. Text that looks like an address is a link as well.

import { WebLinksAddon } from '@xterm/addon-web-links'
import type { ILinkHandler, Terminal } from '@xterm/xterm'
import { webAddress } from '../../../shared/webaddress'
import { platform } from '../../frame/platform'

/** What of a link is told. */
export interface LinkHandlers {
  /** The pointer is on a link to `target`; undefined: on none any more. */
  readonly pointed: (target: string | undefined) => void
  readonly open: (target: string) => void
}

/** Makes the links of a terminal. They end with it. */
export function addLinks(terminal: Terminal, { pointed, open }: LinkHandlers): void {
  const activate = (event: MouseEvent, text: string): void => {
    const target = webAddress(text)
    if (target !== undefined && (platform === 'mac' ? event.metaKey : event.ctrlKey)) open(target)
  }
  const hover = (_event: MouseEvent, text: string): void => pointed(webAddress(text))
  const leave = (): void => pointed(undefined)
  const handler: ILinkHandler = { activate, hover, leave, allowNonHttpProtocols: false }
  terminal.options.linkHandler = handler
  terminal.loadAddon(new WebLinksAddon(activate, { hover, leave }))
}
