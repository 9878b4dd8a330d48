export { acquireLock, type Lock, type LockOptions } from '../lock/acquire-lock.js';
export { accountLockPath, type DataFolder, prepareDataFolder } from './data-folder.js';
