// Dialogs: one that holds a form, and one that asks before something is lost.
//
// Both are open as long as they are drawn, keep the focus inside and give it back to where it was.

import { X } from 'lucide-react'
import { AlertDialog, Dialog as RadixDialog } from 'radix-ui'
import type { ReactNode, RefObject } from 'react'
import { Button } from '../controls/Button'
import { useFocusReturn } from './focus'
import { Said } from '../text/Foreign'
import { IconButton } from '../controls/IconButton'

/** What a dialog is told. */
export interface DialogProps {
  readonly title: ReactNode
  /** 440 px wide, for a question or two. */
  readonly isNarrow?: boolean
  /** Esc, the cross, or a press beside it. */
  readonly onClose: () => void
  /** What has the focus first; else the first control. */
  readonly firstFocus?: RefObject<HTMLElement | null>
  /** Body and footer, as `.body` and `footer`. */
  readonly children: ReactNode
}

/** Whether Esc belongs to an open list inside the dialog, not to the dialog. */
function isForList(event: KeyboardEvent): boolean {
  return event.target instanceof Element && event.target.matches('[role="combobox"][aria-expanded="true"]')
}

/** A dialog of 680 px with a title and a cross. */
export function Dialog({ title, isNarrow = false, onClose, firstFocus, children }: DialogProps): ReactNode {
  const { remember, giveBack } = useFocusReturn()
  return (
    <RadixDialog.Root open onOpenChange={onClose}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="scrim">
          <RadixDialog.Content
            className={isNarrow ? 'dialog narrow' : 'dialog'}
            aria-describedby={undefined}
            onCloseAutoFocus={giveBack}
            onOpenAutoFocus={(event) => {
              remember()
              const first = firstFocus?.current ?? undefined
              if (first === undefined) return
              event.preventDefault()
              first.focus()
            }}
            onEscapeKeyDown={(event) => {
              if (isForList(event)) event.preventDefault()
            }}
          >
            <header>
              <RadixDialog.Title>
                <Said>{title}</Said>
              </RadixDialog.Title>
              <RadixDialog.Close asChild>
                <IconButton icon={X} label="Close" keys={['Esc']} />
              </RadixDialog.Close>
            </header>
            {children}
          </RadixDialog.Content>
        </RadixDialog.Overlay>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  )
}

/** What a question is told. */
export interface QuestionProps {
  /** A question that the buttons answer: "Delete orders-db?". */
  readonly title: ReactNode
  /** What happens then. */
  readonly text: string
  /** The verb of what is asked: "Delete". */
  readonly confirm: string
  /** The safe answer: "Keep on". Default: "Cancel". */
  readonly cancel?: string
  readonly onConfirm: () => void
  /** Also called after `onConfirm`. */
  readonly onClose: () => void
}

/** Asks before something is lost; the safe answer has the focus. */
export function Question({ title, text, confirm, cancel = 'Cancel', onConfirm, onClose }: QuestionProps): ReactNode {
  const { remember, giveBack } = useFocusReturn()
  return (
    <AlertDialog.Root
      open
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose()
      }}
    >
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="scrim">
          <AlertDialog.Content className="dialog question" onOpenAutoFocus={remember} onCloseAutoFocus={giveBack}>
            <header>
              <AlertDialog.Title>
                <Said>{title}</Said>
              </AlertDialog.Title>
            </header>
            <AlertDialog.Description className="body">
              <Said>{text}</Said>
            </AlertDialog.Description>
            <footer>
              <AlertDialog.Cancel asChild>
                <Button size="large">{cancel}</Button>
              </AlertDialog.Cancel>
              <AlertDialog.Action asChild>
                <Button size="large" variant="danger" onClick={onConfirm}>
                  {confirm}
                </Button>
              </AlertDialog.Action>
            </footer>
          </AlertDialog.Content>
        </AlertDialog.Overlay>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
