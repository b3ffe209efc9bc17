// Shown in place of the containers while there is nothing to list: loading, refused, no cluster, or nothing matches the filter.

import { RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import type { Snapshot } from '../../shared/model/snapshot'
import { loginWords } from '../../shared/status'
import { usePage } from '../context'
import { EnvironmentActions } from '../frame/environment/Environment'
import { Button } from '../parts/controls/Button'
import { EmptyState } from '../parts/EmptyState'
import { Skeleton } from '../parts/Skeleton'
import { failureWords } from '../parts/rows/ListFailures'
import { CommandOf } from '../parts/text/Command'
import { ForeignName, ForeignSentence } from '../parts/text/Foreign'

function Again(): ReactNode {
  const page = usePage()
  return (
    <Button icon={RotateCw} onClick={() => void page.ask('containers.refresh', {})}>
      Try again
    </Button>
  )
}

/** No containers are listed. Shows the first that applies: the list's failure, loading, what AWS refused, or empty. */
export function NothingListed({ environment, containers }: Pick<Snapshot, 'environment' | 'containers'>): ReactNode {
  const { region, ref, state } = environment
  const { state: list, notices } = containers
  if (state.kind === 'failed' || list.kind === 'failed') {
    const error = state.kind === 'failed' ? state.error : list.kind === 'failed' ? list.error : undefined
    const isLogin = environment.login !== undefined
    return (
      <EmptyState
        title={
          state.kind === 'failed' ? (
            <>
              <ForeignName text={environment.name} /> is not open
            </>
          ) : isLogin && error !== undefined ? (
            loginWords({ error })
          ) : (
            'The containers could not be listed'
          )
        }
        text={
          <>
            <p>
              <ForeignSentence text={list.kind === 'failed' ? failureWords(list) : (error?.message ?? '')} />
            </p>
            <CommandOf error={error} />
          </>
        }
        action={
          state.kind === 'failed' || isLogin || error?.code === 'access-denied' ? <EnvironmentActions /> : <Again />
        }
      />
    )
  }
  if (list.kind === 'loading' || state.kind === 'opening') return <Skeleton rows={12} />
  const [refused] = notices
  if (refused !== undefined) {
    return (
      <EmptyState
        title="No containers are listed"
        text={
          <>
            {notices.map((notice) => (
              <p key={notice}>
                <ForeignSentence text={notice} />
              </p>
            ))}
          </>
        }
        action={<Again />}
      />
    )
  }
  return (
    <EmptyState
      title={`No clusters in ${region === '' ? 'this region' : shownName(region)}`}
      text={
        <>
          Amazon ECS returned no cluster with a service or a task. If you expect some:
          <ul>
            <li>Another region may have them. Choose it at the top left.</li>
            {ref.kind === 'aws' && <li>Another profile may have access to them.</li>}
          </ul>
        </>
      }
      action={<Again />}
    />
  )
}
