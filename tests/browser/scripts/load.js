// Loads the library; gives what was loaded, or the error. `options.model` may be a list of bytes, `baseUrl` null: none.
async (options) => {
  const model = Array.isArray(options.model) ? new Uint8Array(options.model) : options.model;
  const signal = options.abort ? AbortSignal.abort() : undefined;
  try {
    const baseUrl = options.baseUrl === null ? undefined : (options.baseUrl ?? '.');
    const assets = await percepnet.loadPercepNet({ ...options, baseUrl, model, signal });
    return { variant: assets.variant, model: assets.modelName };
  } catch (error) {
    return { name: error.name, code: error.code, message: error.message };
  }
};
