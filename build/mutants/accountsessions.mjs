// Mutants of the sessions of accounts. See build/mutants.mjs.

const room = 'electron/core/accountsessions'

export const accountSessionMutants = [
  {
    name: 'a copied mark makes a session ours',
    edits: [[`${room}/holder.ts`, 'marked.sessionId === undefined && ', '']],
    tests: [`${room}/row.test.ts`],
  },
  {
    name: "another installation's session is called ours",
    edits: [[`${room}/holder.ts`, "marked === installation ? 'mine'", "marked !== installation ? 'mine'"]],
    tests: [`${room}/row.test.ts`],
  },
  {
    name: 'an ended session is left over',
    edits: [[`${room}/holder.ts`, 'hasEnded || record.isAlive', 'record.isAlive']],
    tests: [`${room}/row.test.ts`],
  },
  {
    name: 'the end of a session that was asked for is shown as open',
    edits: [[`${room}/row.ts`, "|| facts.isCanceling(sessionId)) return 'canceling'", ") return 'canceling'"]],
    tests: [`${room}/row.test.ts`, `${room}/sessionlist.test.ts`],
  },
  {
    name: 'a list asks AWS although it is not due',
    edits: [[`${room}/placesessions.ts`, 'hasPassed(this.#polledAt, this.#pollMs', 'hasPassed(this.#polledAt, 1_000']],
    tests: [`${room}/sessionlist.test.ts`],
  },
  {
    name: 'throttling is answered at once with the next call',
    edits: [[`${room}/trouble.ts`, '(nowAt >= retryAt ', '(nowAt >= 0 ']],
    tests: [`${room}/trouble.test.ts`, `${room}/sessionlist.test.ts`],
  },
  {
    name: 'a person who may not list sessions may not end one',
    edits: [['electron/cli/commands/sessionscancel.ts', "denied.code !== 'access-denied'", "denied.code !== ''"]],
    tests: ['electron/cli/commands/sessions.test.ts'],
  },
  {
    name: 'a session of a dead process is called ended although AWS was not asked',
    edits: [[`${room}/read.ts`, '(!record.isAlive && !isKnown)', '!record.isAlive']],
    tests: [`${room}/read.test.ts`],
  },
  {
    name: 'a clock that is set back stops a list',
    edits: [[`${room}/elapsed.ts`, 'nowAt < sinceAt || ', '']],
    tests: [`${room}/listchanges.test.ts`],
  },
  {
    name: 'a session of two profiles changes its row at each poll',
    edits: [[`${room}/sessionlist.ts`, 'isElsewhere && !isBetterHere', "isElsewhere && row.holder === 'others'"]],
    tests: [`${room}/listchanges.test.ts`],
  },
  {
    name: 'ended sessions stay of others once the identity is known',
    edits: [[`${room}/placesessions.ts`, 'this.#addHistory(environment, true)', 'void environment']],
    tests: [`${room}/listchanges.test.ts`],
  },
  {
    name: 'a session that AWS lists no more stays open',
    edits: [[`${room}/placesessions.ts`, 'this.#compare(piece.seen, environment)', 'void piece.seen']],
    tests: [`${room}/sessionlist.test.ts`],
  },
  {
    name: 'sessions that ended before the time of a list are in it',
    edits: [[`${room}/placesessions.ts`, 'session.endAt >= sinceAt', 'session.endAt >= 0']],
    tests: [`${room}/sessionlist.test.ts`],
  },
  {
    name: 'a reader that is too old is told nothing',
    edits: [[`${room}/rows.ts`, 'revision > 0 && revision < this.#floor', 'revision < 0']],
    tests: [`${room}/rows.test.ts`],
  },
  {
    name: 'an idle list is never closed',
    edits: [[`${room}/sessionlists.ts`, '() => this.close(listId), IDLE_MS)', '() => undefined, IDLE_MS)']],
    tests: [`${room}/sessionlists.test.ts`],
  },
  {
    name: 'the end of a session by us counts as one from outside',
    edits: [
      [`${room}/cancel.ts`, 'ownEnds.add(sessionId)', 'ownEnds.delete(sessionId)'],
      ['electron/core/tunnels/outside.ts', 'if (isOwn || cause', 'if (cause'],
    ],
    tests: [`${room}/cancel.test.ts`, 'electron/core/tunnels/outside.test.ts'],
  },
  {
    name: 'a forward opens sessions against an administrator for ever',
    edits: [
      ['electron/core/tunnels/outside.ts', 'sinceMs === undefined ||', 'sinceMs === undefined || sinceMs >= 0 ||'],
    ],
    tests: ['electron/core/tunnels/outside.test.ts'],
  },
  {
    name: 'a refused end does not name the session',
    edits: [[`${room}/cancel.ts`, "error.code !== 'access-denied'", "error.code === 'access-denied'"]],
    tests: [`${room}/cancel.test.ts`],
  },
  {
    name: 'the filter Owner is believed for ever',
    edits: [['electron/aws/ownerfilter.ts', 'this.#filter.missed()\n', 'void this.#filter\n']],
    tests: ['electron/aws/ownerfilter.test.ts'],
  },
  {
    name: 'a page of sessions that failed is skipped',
    edits: [
      [
        'electron/aws/sessionpages.ts',
        '    const { state } = this.#query\n',
        '    const { state } = this.#query\n    if (this.#token !== undefined) this.#isDone = true\n',
      ],
    ],
    tests: ['electron/aws/sessionpages.test.ts'],
  },
  {
    name: 'the name of a bucket leads to another page',
    edits: [[`${room}/consolelinks.ts`, '/s3/object/${encodeURIComponent(bucket)}', '/s3/object/${bucket}']],
    tests: [`${room}/consolelinks.test.ts`],
  },
  {
    name: 'a session that AWS has forgotten is gone although it is on record',
    edits: [[`${room}/read.ts`, 'sources.records.bySession(sessionId) :', 'undefined :']],
    tests: [`${room}/read.test.ts`],
  },
]
