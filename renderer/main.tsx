// Starts the page: over the bridge in a window of the app, over a WebSocket in a browser.

import './nonce'
import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import './tokens.css'
import './sizes.css'
import './base.css'
import './parts/parts.css'
import './parts/floats.css'
import './parts/notes.css'
import './parts/forms.css'
import './parts/dialogs.css'
import './parts/inspector.css'
import './parts/rows/rows.css'
import './parts/hues.css'
import './frame/frame.css'
import './frame/stage.css'
import './instances/instances.css'
import './instances/groups.css'
import './instances/columns.css'
import './instances/detail.css'
import './terminals/terminals.css'
import './terminals/overscreen.css'
import { createRoot } from 'react-dom/client'
import { App } from './App'
import { BridgeLink, isBridge } from './link/bridge'
import { PageContext } from './context'
import { SocketLink, type PageLink } from './link/socket'
import { createPage } from './store'
import { startClock } from './store/clock'
import { recall, remember } from './store/memory'
import { initialState } from './store/state'
import { forgetToken, takeToken } from './link/token'

function openLink(): PageLink {
  const bridge: unknown = Reflect.get(window, 'culvert')
  if (isBridge(bridge)) return new BridgeLink(bridge)
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  const link = new SocketLink({ url: `${scheme}://${location.host}/link`, token: takeToken(window) })
  link.onConnection((connection) => {
    if (connection === 'refused') forgetToken(window)
  })
  // If the printed address is opened in a tab that already shows this page, only the fragment changes, and the browser does
  // not reload.
  window.addEventListener('hashchange', () => {
    if (location.hash !== '' && takeToken(window) !== undefined) location.reload()
  })
  return link
}

const root = document.querySelector('#root')
if (root === null) throw new Error('index.html has no #root')

const page = createPage(openLink(), recall(window, initialState(Date.now())))
remember(page.store, window)
startClock(page.store)
createRoot(root).render(
  <PageContext value={page}>
    <App />
  </PageContext>,
)
