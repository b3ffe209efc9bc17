// The instances of the environment: find one, open a terminal on it, or prefill a forward to it.

import { useMemo, useState, type ReactNode } from 'react'
import type { Instance } from '../../shared/model'
import { usePage, usePageState } from '../context'
import { useNow } from '../now'
import { agentWords, connectBlock, instanceLabel } from '../words'
import { State } from './State'

function matches(instance: Instance, filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/)
  const text = [instance.name, instance.id, instance.state, instance.privateIp ?? '', instance.tags['Env'] ?? '']
    .join(' ')
    .toLowerCase()
  return words.every((word) => text.includes(word))
}

interface RowProps {
  readonly instance: Instance
  readonly label: string
  readonly nowAt: number
}

function InstanceRow({ instance, label, nowAt }: RowProps): ReactNode {
  const page = usePage()
  const block = connectBlock(instance, nowAt)
  const words = agentWords(instance, nowAt)
  // Where several bear the name, the end of the id tells them apart.
  const tail = label === instance.name ? 0 : 4
  return (
    <tr>
      <th scope="row">{instance.name === '' ? <span className="faint">no name</span> : instance.name}</th>
      <td className="mono">
        {instance.id.slice(0, instance.id.length - tail)}
        {tail > 0 && <b>{instance.id.slice(-tail)}</b>}
      </td>
      <td className="machine">{instance.state}</td>
      <td className="agent" title={block}>
        <State words={words} />
      </td>
      <td className="mono version">{instance.agentVersion ?? ''}</td>
      <td className="env">
        {instance.tags['Env'] !== undefined && <span className="chip line">{instance.tags['Env']}</span>}
      </td>
      <td className="actions">
        <button
          type="button"
          className="button small"
          aria-label={`Connect to ${label}`}
          // Focusable although it does nothing: it carries the reason.
          aria-disabled={block !== undefined}
          title={block}
          onClick={() => {
            if (block === undefined) page.addTab(instance.id)
          }}
        >
          Connect
        </button>
        <button
          type="button"
          className="button small quiet"
          aria-label={`Forward to ${label}`}
          aria-disabled={block !== undefined}
          title={block}
          onClick={() => {
            if (block === undefined) page.prefillForward(instance.id)
          }}
        >
          Forward
        </button>
      </td>
    </tr>
  )
}

function Skeleton(): ReactNode {
  return (
    <div className="skeleton" aria-hidden="true">
      {['a', 'b', 'c', 'd', 'e', 'f'].map((row) => (
        <i key={row} />
      ))}
    </div>
  )
}

/** The table with its filter, and what stands in its place while there is nothing to show. */
export function Instances(): ReactNode {
  const page = usePage()
  const { state, items } = usePageState((all) => all.instances)
  const [filter, setFilter] = useState('')
  const nowAt = useNow()
  const shown = useMemo(() => items.filter((instance) => matches(instance, filter.trim())), [items, filter])
  const retry = (): void => void page.refreshInstances()

  return (
    <section className="view instances" aria-labelledby="instances-title" aria-busy={state.kind === 'loading'}>
      <div className="viewbar">
        <h1 id="instances-title">Instances</h1>
        <span className="count">{items.length > 0 && `${shown.length} of ${items.length}`}</span>
        <input
          type="search"
          className="input filter"
          aria-label="Filter instances"
          placeholder="Filter by name, id or Env"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
        <button type="button" className="button" onClick={retry} aria-disabled={state.kind === 'loading'}>
          {state.kind === 'loading' ? 'Loading…' : 'Refresh'}
        </button>
      </div>
      {state.kind === 'failed' && (
        <div className="banner failed" role="alert">
          <span>{state.error.message}</span>
          <button type="button" className="button small" onClick={retry}>
            Retry
          </button>
        </div>
      )}
      {items.length === 0 && state.kind === 'loading' && <Skeleton />}
      {items.length === 0 && state.kind === 'ready' && (
        <div className="empty">
          <p>There are no instances in this region.</p>
          <button type="button" className="button" onClick={retry}>
            Retry
          </button>
        </div>
      )}
      {items.length > 0 && shown.length === 0 && (
        <div className="empty">
          <p>No instance matches this filter.</p>
          <button type="button" className="button" onClick={() => setFilter('')}>
            Clear filter
          </button>
        </div>
      )}
      {shown.length > 0 && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Instance id</th>
                <th scope="col" className="machine">
                  State
                </th>
                <th scope="col">Agent</th>
                <th scope="col" className="version">
                  Version
                </th>
                <th scope="col" className="env">
                  Env
                </th>
                <th scope="col" className="actions">
                  <span className="hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((instance) => (
                <InstanceRow
                  key={instance.id}
                  instance={instance}
                  label={instanceLabel(items, instance.id)}
                  nowAt={nowAt}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
