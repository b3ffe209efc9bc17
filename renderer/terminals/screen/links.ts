// Links in a terminal's output: shown on hover, and opened by Ctrl+click (macOS: Cmd+click) only.
//
// A program can link any text to any address (OSC 8), so the real target is shown before it can be opened, and only http and
// https addresses become links. Text that looks like an address is a link as well.

import { WebLinksAddon } from '@xterm/addon-web-links'
import type { ILinkHandler, Terminal } from '@xterm/xterm'
import { webAddress } from '../../../shared/webaddress'
import { platform } from '../../frame/platform'

/** The callbacks of a terminal's links. */
export interface LinkHandlers {
  /** The pointer is on a link to `target`; undefined: it has left the link. */
  readonly pointed: (target: string | undefined) => void
  readonly open: (target: string) => void
}

/** Adds links to a terminal. They are removed with it. */
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
