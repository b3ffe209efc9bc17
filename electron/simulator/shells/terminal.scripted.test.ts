// Shells of the simulator that only make believe, by a naive client.

import { describe, expect, test } from 'vitest'
import { startSimulator } from '../simulator'
import { command, open, simulator, SIZE, stageShells } from './terminal.kit'

stageShells()

describe('the scripted shell', () => {
  test('serves where no terminal may be used: echo, stty size, help and exit', async () => {
    await using one = await startSimulator({ shellDelayMs: 0, isPaced: false, hasPty: false })
    const { client, text, printed } = await open(one)
    await printed('demo$ ')
    client.send(3, SIZE)
    client.send(1, 'echo hello  worlx\u007fd\rstty size\rnonsense\rhelp\r')
    await printed('ends the session')
    expect(text()).toContain('\r\nhello world\r\n')
    expect(text()).toContain('\r\n30 100\r\n')
    expect(text()).toContain('nonsense: not found')
    client.send(1, 'exit\r')
    expect(await client.closedOutput()).toBe('')
    client.close()
  })

  test('starts no program', async () => {
    await using one = await startSimulator({ shellDelayMs: 0, hasPty: false })
    const { client, text } = await open(one, command('echo $HOME; id'))
    await client.closedOutput()
    expect(text()).toContain('$HOME; id')
    expect(text()).not.toContain('uid=')
    client.close()
  })
})

describe('the shell of a Windows instance', () => {
  const windows = () => simulator.world.instances.find(({ tags }) => tags['Name'] === 'reports-win-1')!
  const openWindows = (body: object = {}) => open(simulator, { Target: windows().id, ...body })
  const PROMPT = 'PS C:\\Windows\\system32> '

  test('looks like PowerShell, says that it is make-believe, and knows a handful of commands', async () => {
    const { client, text, printed } = await openWindows()
    await printed(PROMPT)
    const [first] = text().split('\r\n')
    expect(first).toBe('Culvert demo: a make-believe PowerShell in place of reports-win-1. It runs nothing. Type help.')
    client.send(1, 'hostname\rWHOAMI\rget-process\rdir\rls -la /etc\runame -a\r')
    await printed("does not know 'uname'")
    expect(text()).toContain('\r\nREPORTS-WIN-1\r\n')
    expect(text()).toContain('\r\nreports-win-1\\ssm-user\r\n')
    expect(text()).toContain('amazon-ssm-agent')
    expect(text()).toContain('hostname.exe')
    expect(text()).not.toContain('passwd')
    client.send(1, 'exit\r')
    expect(await client.closedOutput()).toBe('')
    client.close()
  })

  test('takes arrows, backspace, Ctrl-C and what is typed in pieces as a terminal does', async () => {
    const { client, text, printed } = await openWindows()
    await printed(PROMPT)
    client.send(1, 'echo ones\u007f\r')
    await printed('\r\none\r\n')
    // Up brings the line before back, left and right print nothing, and half a character waits for its other half.
    client.send(1, '\u001b')
    client.send(1, '[A\u001b[D\u001bOC two\r')
    await printed('\r\none two\r\n')
    client.send(1, 'nonsense\u0003echo after\r')
    await printed('\r\nafter\r\n')
    expect(text()).not.toContain('[D')
    expect(text()).not.toContain("know 'nonsense'")
    client.close()
  })

  test('takes neither a line feed for Enter nor Ctrl-D for an end', async () => {
    const { client, text, printed } = await openWindows()
    await printed(PROMPT)
    client.send(1, 'echo o\n\u0004ne\r')
    await printed('\r\none\r\n')
    client.send(1, '\u0004echo two\r')
    await printed('\r\ntwo\r\n')
    expect(text()).not.toContain('exit')
    client.close()
  })

  test('runs one command of a session for that', async () => {
    const { client, text } = await openWindows(command('hostname'))
    expect(await client.closedOutput()).toBe('')
    expect(text()).toBe('REPORTS-WIN-1\r\n')
    client.close()
  })
})
