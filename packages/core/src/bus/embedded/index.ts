export { type EmbeddedBusOptions, openEmbeddedBus } from './open-embedded-bus.js';
