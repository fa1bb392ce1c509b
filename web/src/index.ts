/** PercepNet for web pages: README.md shows how to use it. */
export { enhanceAudioData } from './audio_data_stream.ts';
export type { PercepNetConfig, PercepNetOptions } from './config.ts';
export { FRAME_SIZE, LATENCY, SAMPLE_RATE } from './constants.ts';
export { enhanceInWorker, type EnhanceInWorkerOptions } from './enhance_in_worker.ts';
export { Enhancer } from './enhancer.ts';
export type { ExecutionOptions } from './execution.ts';
export { PASS_THROUGH, type GuardStep } from './guard.ts';
export type { OverloadEvent } from './node_guard.ts';
export { PercepNetError, type PercepNetErrorCode } from './errors.ts';
export {
  chooseForDevice,
  estimateDevice,
  type Choice,
  type DeviceEstimate,
  type EstimateOptions,
  type Wishes,
} from './estimator.ts';
export {
  assetsFromBytes,
  loadPercepNet,
  type LoadOptions,
  type LoadProgress,
  type PercepNetAssets,
} from './load.ts';
export { MICROPHONE_CONSTRAINTS, openMicrophone } from './microphone.ts';
export type { Spread } from './frame_queue.ts';
export type { ParameterName } from './live_parameters.ts';
export {
  PercepNetNode,
  type ChannelPolicy,
  type NodeErrorEvent,
  type NodeOptions,
  type PercepNetParameters,
  type StatsEvent,
  type VoiceEvent,
} from './percepnet_node.ts';
export { PRESETS, type Preset, type Strength } from './presets.ts';
export type { StatsMessage, VoiceMessage } from './protocol.ts';
export { renderOffline } from './render_offline.ts';
export { suppressNoise, type SuppressedAudio } from './suppress_noise.ts';
export { SuppressedTrack, type SuppressionState, type SuppressOptions } from './suppressed_track.ts';
export type { FrameInfo } from './wasm.ts';
export { isSupported, type Support } from './supported.ts';
export { supports, VARIANTS, type Variant } from './variants.ts';
export type { FrameTimes } from './worker_protocol.ts';
