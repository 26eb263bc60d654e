import type { Plugin } from 'vite';

/**
 * MuJoCo's JavaScript glue as a page under a strict policy can run it: what it makes from strings at run time (which
 * would need 'unsafe-eval') is written as closures, and it does not look for its binary by address.
 */
export function strictGlue(): Plugin {
  return {
    name: 'strict-glue',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('@mujoco/mujoco/mujoco.js')) return null;
      let text = code;
      for (const [before, after] of REPLACED) {
        if (text.split(before).length !== 2) throw new Error(`The glue of MuJoCo changed; it no longer holds once: ${before}`);
        text = text.replace(before, () => after);
      }
      if (/new Function\(|[^.\w]eval\(/.test(text)) throw new Error('The glue of MuJoCo makes code from strings somewhere new.');
      return text;
    },
  };
}

/** A call from JavaScript into C++: arguments to their wire form, the call, temporaries freed, the result back. */
const INVOKER = `(function (...given) {
      checkArgCount(given.length, minArgs, expectedArgCount, humanName, throwBindingError);
      var temporary = needsDestructorStack ? [] : null;
      var wired = argTypes.slice(2).map((type, i) => type['toWireType'](temporary, given[i]));
      if (isClassMethodFunc) wired.unshift(argTypes[1]['toWireType'](temporary, this));
      var result = cppInvokerFunc(cppTargetFunc, ...wired);
      if (temporary) {
        runDestructors(temporary);
      } else {
        argTypes.slice(isClassMethodFunc ? 1 : 2).forEach((type, i) => {
          if (type.destructorFunction !== null) type.destructorFunction(wired[i]);
        });
      }
      return returns ? argTypes[0]['fromWireType'](result) : undefined;
    })`;

/** A call from C++ into JavaScript: arguments read one after another from memory; kind 0 calls, kind 1 constructs. */
const METHOD_CALLER = `(function (obj, func, destructorsRef, args) {
        var values = kind === 0 ? [obj] : [], offset = 0;
        for (var i = 0; i < argCount; ++i) {
          values.push(types[i].readValueFromPointer(args + offset));
          offset += types[i].argPackAdvance;
        }
        var result = kind === 1 ? new func(...values) : func.call(...values);
        return retType.isVoid ? undefined : emval_returnValue(retType, destructorsRef, result);
      })`;

const REPLACED = [
  ['new Function(...args, invokerFnBody)(...closureArgs)', INVOKER],
  ['new Function(...params, functionBody)(...args)', METHOD_CALLER],
  ["new URL('mujoco.wasm', import.meta.url).href", "''"],
  ['let [args, invokerFnBody] = createJsInvoker(argTypes, isClassMethodFunc, returns, isAsync);', ''],
  // The page is no Node, and what the glue would import there is not to be had.
  ["const { createRequire } = await import('module');", 'const createRequire = () => undefined;'],
] as const;
