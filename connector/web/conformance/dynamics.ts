// Compiled beside Microsoft's published typings (a folder ../shared beside the checkout, see CONTRIBUTING.md) by src/desk-host/conformance.test.ts:
// what the product uses of a host object is there as it is used, and a mock of it could stand in its place.
import type Embed from '../../../../shared/data/dynamics/typings/CCaaSEmbedSDK';
import type { ICTIInterface } from '../../../../shared/data/dynamics/typings/ICTI';
import type Standalone from '../../../../shared/data/dynamics/typings/StandaloneSDK';
import type { StandaloneSDK } from '../src/desk-host/dynamics';
import type { EmbedSDK, TelephonyDriver } from '../src/desk-host/embedsdk';
import type { MockEmbedSDK } from '../src/mockhost/embedsdk';
import type { MockStandaloneSDK } from '../src/mockhost/standalone';

/** Does not compile where Given could not stand for Wanted. */
type Fits<Wanted, Given extends Wanted> = [Wanted, Given];

type PublishedEmbed = (typeof Embed)['CCaaS']['EmbedSDK'];
type PublishedStandalone = (typeof Standalone)['CCaaS']['StandaloneSDK'];

export type Conformance = [
  Fits<EmbedSDK, Pick<PublishedEmbed, 'conversation'>>,
  Fits<Pick<PublishedEmbed['conversation'], keyof EmbedSDK['conversation']>, MockEmbedSDK['conversation']>,
  Fits<StandaloneSDK, Pick<PublishedStandalone, 'utility'>>, // its voice is documented, but not in these typings
  Fits<Pick<PublishedStandalone['utility'], keyof PublishedStandalone['utility']>, MockStandaloneSDK['utility']>,
  Fits<ICTIInterface, TelephonyDriver>,
];
