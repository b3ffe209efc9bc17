// The toasts of a page: bottom right, at most three, gone after six seconds unless they have an action.
//
// Radix reads each one out when it appears: a failure at once, others at the next pause.

import { X } from 'lucide-react'
import { Toast as RadixToast } from 'radix-ui'
import type { ReactNode } from 'react'
import { usePage, usePageState } from '../../context'
import type { Toast } from '../../store/state'
import { Button } from '../controls/Button'
import { ForeignSentence } from '../text/Foreign'
import { Glyph } from '../Glyph'
import { IconButton } from '../controls/IconButton'

const SHOWN_MS = 6_000

function ToastCard({ toast }: { readonly toast: Toast }): ReactNode {
  const page = usePage()
  const { id, tone, title, text, action } = toast
  const close = (): void => page.dismissToast(id)
  return (
    <RadixToast.Root
      className={`toast ${tone}`}
      type={tone === 'failed' || tone === 'waiting' ? 'foreground' : 'background'}
      duration={action === undefined ? SHOWN_MS : Infinity}
      onOpenChange={(isOpen) => {
        if (!isOpen) close()
      }}
    >
      <Glyph tone={tone} />
      <RadixToast.Title className="title">
        <ForeignSentence text={title} />
      </RadixToast.Title>
      <IconButton size="small" icon={X} label="Dismiss" onClick={close} />
      {text !== undefined && (
        <RadixToast.Description className="text">
          <ForeignSentence text={text} />
        </RadixToast.Description>
      )}
      {action !== undefined && (
        <div className="actions">
          <RadixToast.Action asChild altText={action.label}>
            <Button size="small" onClick={action.run}>
              {action.label}
            </Button>
          </RadixToast.Action>
        </div>
      )}
    </RadixToast.Root>
  )
}

/** Shows the page's toasts. Used once, at the end of the page. */
export function Toasts(): ReactNode {
  const toasts = usePageState((state) => state.toasts)
  return (
    <RadixToast.Provider duration={SHOWN_MS} label="Notification" swipeDirection="right">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
      <RadixToast.Viewport className="toasts" label="Notifications ({hotkey})" />
    </RadixToast.Provider>
  )
}
