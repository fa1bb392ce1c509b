// SPDX-License-Identifier: BSD-2-Clause
// Runs a Python program in Pyodide, in Node and in a page alike, with what percepnet.engines.pyodide serves.
// Node: node run.mjs ADDRESS_OF_PYODIDE BASE

// Loads Pyodide from the address of its pyodide.mjs and, from BASE, the wheel, the files and the program that
// BASE/job.json names; sends what the program wrote into the file `result` to BASE/result.
export async function run(pyodide, base) {
  const job = await (await fetch(`${base}/job.json`)).json();
  const { loadPyodide } = await import(pyodide);
  const python = await loadPyodide();
  const faults = [];
  await python.loadPackage(`${base}/${job.wheel}`, {
    messageCallback: () => {},
    errorCallback: (text) => faults.push(text),
  });
  if (faults.length) throw new Error(faults.join('; '));
  for (const name of job.files) {
    const response = await fetch(`${base}/${name}`);
    python.FS.writeFile(name, new Uint8Array(await response.arrayBuffer()));
  }
  await python.runPythonAsync(job.program);
  await fetch(`${base}/result`, { method: 'POST', body: python.FS.readFile('result') });
}

if (globalThis.process?.argv[1]?.endsWith('run.mjs')) await run(process.argv[2], process.argv[3]);
