// Shown in place of the list while there is nothing to list: still loading, refused, empty, or nothing matches the filter.

import { RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import type { WireError } from '../../shared/errors'
import { shownName } from '../../shared/foreigntext'
import type { Snapshot } from '../../shared/model/snapshot'
import { loginWords } from '../../shared/status'
import { usePage } from '../context'
import { EnvironmentActions } from '../frame/environment/Environment'
import { Button } from '../parts/controls/Button'
import { EmptyState } from '../parts/EmptyState'
import { failureWords } from '../parts/rows/ListFailures'
import { CommandOf } from '../parts/text/Command'
import { ForeignName, ForeignSentence } from '../parts/text/Foreign'
import { Skeleton } from '../parts/Skeleton'
import { FirstRun } from './FirstRun'
import { firstRunCause } from './firstcause'

function Again(): ReactNode {
  const page = usePage()
  return (
    <Button icon={RotateCw} onClick={() => void page.ask('instances.refresh', {})}>
      Try again
    </Button>
  )
}

/** An error, with the command that fixes it below. */
function Explained({ text, error }: { readonly text: string; readonly error: WireError }): ReactNode {
  return (
    <>
      <p>
        <ForeignSentence text={text} />
      </p>
      <CommandOf error={error} />
    </>
  )
}

/** No instances are listed. Shows the first that applies: the environment's failure, the list's failure, loading, or empty. */
export function NothingListed({ environment, instances }: Pick<Snapshot, 'environment' | 'instances'>): ReactNode {
  const { region, ref, state } = environment
  const cause = firstRunCause({ environment, instances })
  if (cause !== undefined) return <FirstRun cause={cause} />
  if (state.kind === 'failed') {
    return (
      <EmptyState
        title={
          <>
            <ForeignName text={environment.name} /> is not open
          </>
        }
        text={<Explained text={state.error.message} error={state.error} />}
        action={<EnvironmentActions />}
      />
    )
  }
  if (instances.state.kind === 'failed') {
    const { error } = instances.state
    const isLogin = environment.login !== undefined
    return (
      <EmptyState
        title={isLogin ? loginWords({ error }) : 'The instances could not be listed'}
        text={<Explained text={failureWords(instances.state)} error={error} />}
        action={isLogin || error.code === 'access-denied' ? <EnvironmentActions /> : <Again />}
      />
    )
  }
  if (instances.state.kind === 'loading' || state.kind === 'opening') return <Skeleton rows={12} />
  return (
    <EmptyState
      title={`No instances in ${region === '' ? 'this region' : shownName(region)}`}
      text={
        <>
          EC2 and Session Manager returned no instances. If you expect some:
          <ul>
            <li>Another region may have them. Choose it at the top left.</li>
            {ref.kind === 'aws' && <li>Another profile may have access to them.</li>}
            <li>They may be starting: an instance appears within a minute.</li>
          </ul>
        </>
      }
      action={<Again />}
    />
  )
}
