import { type Aurelia, PLATFORM } from 'aurelia-framework';
import { SessionHistory } from '../../session/session-history.js';
import { authConfig } from './authConfig.js';

export async function configure(aurelia: Aurelia): Promise<void> {
  const history: SessionHistory = aurelia.container.get(SessionHistory);
  aurelia.use.standardConfiguration().plugin(PLATFORM.moduleName('aurelia-auth-refresh'), {
    ...authConfig,
    // For the panel's timeline; an app does not need it.
    onActivity: history.noteActivity,
  });
  await aurelia.start();
  await aurelia.setRoot(PLATFORM.moduleName('app'));
}
