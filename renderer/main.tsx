// Starts the page.

import './nonce'
import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import './tokens.css'
import './app.css'
import { createRoot } from 'react-dom/client'
import { App } from './App'
import { PageContext } from './context'
import { SocketLink } from './link'
import { createPage } from './store'

const root = document.querySelector('#root')
if (root === null) throw new Error('index.html has no #root')

const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
const link = new SocketLink({ url: `${scheme}://${location.host}/link`, token: location.hash.slice(1) })
createRoot(root).render(
  <PageContext value={createPage(link)}>
    <App />
  </PageContext>,
)
