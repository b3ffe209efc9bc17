// Dialogs: one that holds a form, and one that asks before something is lost.
//
// Both are open while they are rendered, keep the focus inside, and return it to the element that had it before.

import { X } from 'lucide-react'
import { AlertDialog, Dialog as RadixDialog } from 'radix-ui'
import type { KeyboardEvent as ReactKeyboardEvent, ReactNode, RefObject } from 'react'
import { Button } from '../controls/Button'
import { useFocusReturn } from './focus'
import { isPassedEsc } from './passedesc'
import { Said } from '../text/Foreign'
import { IconButton } from '../controls/IconButton'

/** The props of a dialog. */
export interface DialogProps {
  readonly title: ReactNode
  /** 440 px wide, for a question or two. */
  readonly isNarrow?: boolean
  /** Called on Esc, the close button, or a press outside the dialog. */
  readonly onClose: () => void
  /** The element that gets the focus first; default: the first control. */
  readonly firstFocus?: RefObject<HTMLElement | null>
  /** Body and footer, as `.body` and `footer`. */
  readonly children: ReactNode
}

/** Whether Esc should close an open list inside the dialog instead of the dialog. */
function isForList(event: KeyboardEvent): boolean {
  return event.target instanceof Element && event.target.matches('[role="combobox"][aria-expanded="true"]')
}

/** For the `onKeyDown` of a dialog: closes it by an Esc that a tooltip passed on. Dialogs below it do not get the key. */
function closingOnPassedEsc(close: () => void) {
  return (event: ReactKeyboardEvent<HTMLElement>): void => {
    if (!isPassedEsc(event.nativeEvent) || isForList(event.nativeEvent)) return
    event.stopPropagation()
    close()
  }
}

/** A dialog 680 px wide, with a title and a close button. */
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
            onKeyDown={closingOnPassedEsc(onClose)}
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

/** The props of a question. */
export interface QuestionProps {
  /** A question that the buttons answer: "Delete orders-db?". */
  readonly title: ReactNode
  /** The consequences of confirming. */
  readonly text: string
  /** The label of the confirming button, a verb: "Delete". */
  readonly confirm: string
  /** The label of the safe button: "Keep on". Default: "Cancel". */
  readonly cancel?: string
  readonly onConfirm: () => void
  /** Also called after `onConfirm`. */
  readonly onClose: () => void
}

/** Asks before something is lost; the safe button has the focus. */
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
          <AlertDialog.Content
            className="dialog question"
            onOpenAutoFocus={remember}
            onCloseAutoFocus={giveBack}
            onKeyDown={closingOnPassedEsc(onClose)}
          >
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
