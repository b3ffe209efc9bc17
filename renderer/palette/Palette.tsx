// The palette: one input that finds every command, usable by keyboard alone.
//
// A chosen command runs after the palette has closed and the focus is back on the earlier element. So the command's dialog can
// take the focus, and returns it there when it closes.

import './palette.css'
import { Command as List } from 'cmdk'
import { CornerDownLeft, Search } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import type { Snapshot } from '../../shared/model/snapshot'
import { useListed } from '../containers/useWatch'
import { usePage, usePageState } from '../context'
import { platform } from '../frame/platform'
import { useFocusReturn } from '../parts/floats/focus'
import { ForeignName, ForeignSentence } from '../parts/text/Foreign'
import { Glyph } from '../parts/Glyph'
import { Keys } from '../parts/floats/Tooltip'
import { commandsOf } from './commands'
import { findCommands, matchPieces, queryWords, type Command } from './search'

function Sign({ sign: Icon }: Pick<Command, 'sign'>): ReactNode {
  return typeof Icon === 'string' ? <Glyph tone={Icon} /> : <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
}

interface ItemProps {
  readonly command: Command
  readonly words: readonly string[]
  readonly isChosen: boolean
  readonly onRun: () => void
}

function Item({ command, words, isChosen, onRun }: ItemProps): ReactNode {
  const { id, sign, label, detail = '', address, keys, verb } = command
  return (
    <List.Item value={id} onSelect={onRun}>
      <Sign sign={sign} />
      <span className="label">
        <ForeignName
          text={label}
          draw={(shown) =>
            matchPieces(shown, words).map(({ text, isMatch }, index) =>
              isMatch ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>,
            )
          }
        />
      </span>
      <span className="detail">
        <ForeignSentence text={detail} />
      </span>
      <span className="right">
        {isChosen ? (
          <>
            {verb} <CornerDownLeft size={12} strokeWidth={2} aria-hidden="true" />
          </>
        ) : (
          <>
            {address !== undefined && <span className="mono">{address}</span>}
            {keys !== undefined && <Keys keys={keys} />}
          </>
        )}
      </span>
    </List.Item>
  )
}

function Content({ snapshot, onRun }: { snapshot: Snapshot; onRun: (run: () => void) => void }): ReactNode {
  const page = usePage()
  const tabs = usePageState((state) => state.tabs)
  const nowAt = usePageState((state) => state.nowAt)
  const [query, setQuery] = useState('')
  const [value, setValue] = useState<string | undefined>(undefined)
  const commands = useMemo(() => commandsOf(page, { snapshot, tabs, nowAt }), [page, snapshot, tabs, nowAt])
  useListed()
  const groups = findCommands(commands, query)
  const words = queryWords(query)
  const found = groups.flatMap(({ commands }) => commands)
  const chosen = found.find(({ id }) => id === value) ?? found[0]
  const second = chosen?.second
  const command = platform === 'mac' ? '⌘' : 'Ctrl'

  const press = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    if (second !== undefined) onRun(second.run)
  }
  return (
    <List
      label="Search or run a command"
      shouldFilter={false}
      vimBindings={false}
      loop
      value={chosen?.id ?? ''}
      onValueChange={setValue}
      onKeyDown={press}
    >
      <div className="field">
        <Search size={16} strokeWidth={1.75} aria-hidden="true" />
        <List.Input
          placeholder="Search or run a command"
          value={query}
          onValueChange={(text) => {
            setQuery(text)
            setValue(undefined)
          }}
        />
        <span className="chip line">
          <ForeignName text={snapshot.environment.name} />
        </span>
        <Keys keys={['Esc']} />
      </div>
      <List.List label="Results">
        {groups.map(({ name, commands: inGroup }) => (
          <List.Group key={name} heading={name}>
            {inGroup.map((each) => (
              <Item
                key={each.id}
                command={each}
                words={words}
                isChosen={each.id === chosen?.id}
                onRun={() => onRun(each.run)}
              />
            ))}
          </List.Group>
        ))}
      </List.List>
      {found.length === 0 && (
        <p className="nothing" role="status">
          No results for <ForeignName text={query.trim()} />.
        </p>
      )}
      <div className="foot">
        {chosen !== undefined && (
          <span>
            <Keys keys={['Enter']} /> {chosen.verb}
          </span>
        )}
        {second !== undefined && (
          <span>
            <Keys keys={[command, 'Enter']} /> {second.verb}
          </span>
        )}
        <span className="end">
          Type <Keys keys={['>']} /> for actions only
        </span>
      </div>
    </List>
  )
}

/** The palette, while it is open. */
export function Palette(): ReactNode {
  const page = usePage()
  const isOpen = usePageState((state) => state.isPaletteOpen)
  const snapshot = usePageState((state) => state.snapshot)
  const { remember, giveBack } = useFocusReturn()
  const wanted = useRef<(() => void) | undefined>(undefined)
  const close = (run: () => void): void => {
    wanted.current = run
    page.setPalette(false)
  }
  return (
    <Dialog.Root open={isOpen && snapshot !== undefined} onOpenChange={(isWanted) => page.setPalette(isWanted)}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content
          className="palette"
          aria-describedby={undefined}
          onOpenAutoFocus={remember}
          onCloseAutoFocus={(event) => {
            giveBack(event)
            wanted.current?.()
            wanted.current = undefined
          }}
        >
          <Dialog.Title className="hidden">Search or run a command</Dialog.Title>
          {snapshot !== undefined && <Content snapshot={snapshot} onRun={close} />}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
