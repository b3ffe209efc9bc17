import { expect, test } from 'vitest'
import { enableExecCommand, obstaclesNext, roleActionsText, stopTaskCommand, updateServiceCommand } from './execwords'

const place = { cluster: 'shop', service: 'storefront' }

test('ECS Exec is enabled by a command only where its absence is what is in the way', () => {
  expect(enableExecCommand({ kind: 'blocked', obstacles: ['no-task-role', 'not-enabled'] }, place)).toBe(
    'aws ecs update-service --cluster shop --service storefront --enable-execute-command --force-new-deployment',
  )
  expect(enableExecCommand({ kind: 'blocked', obstacles: ['no-task-role'] }, place)).toBeUndefined()
  expect(enableExecCommand({ kind: 'ready' }, place)).toBeUndefined()
})

test('no command is made of names that a shell reads as more than a word, nor of a task without a service', () => {
  expect(updateServiceCommand({ ...place, service: 'a; rm' }, '--x')).toBeUndefined()
  expect(updateServiceCommand({ ...place, cluster: '$(id)' }, '--x')).toBeUndefined()
  expect(updateServiceCommand({ cluster: 'shop' }, '--x')).toBeUndefined()
  expect(stopTaskCommand({ cluster: 'shop', taskId: 'a b' })).toBeUndefined()
  expect(stopTaskCommand({ cluster: 'shop', taskId: 'ab12' })).toBe('aws ecs stop-task --cluster shop --task ab12')
})

test('the actions of a task role have their prefix once in a sentence, and each where they are copied', () => {
  expect(obstaclesNext(['no-task-role'])).toBe(
    'Give its task definition a role that allows ssmmessages:CreateControlChannel, CreateDataChannel, OpenControlChannel and OpenDataChannel.',
  )
  expect(roleActionsText({ isFull: true })).toBe(
    'ssmmessages:CreateControlChannel, ssmmessages:CreateDataChannel, ssmmessages:OpenControlChannel and ssmmessages:OpenDataChannel',
  )
})
