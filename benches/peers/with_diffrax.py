"""The job with diffrax: all rows of a batch in one call, time rescaled to [0, 1], everything compiled.

The third argument names the gradient: `checkpointed` (through the solver) or `backsolve` (the continuous adjoint).
"""

import sys

import diffrax
import jax
import jax.numpy as jnp
import optax

import job

ADJOINTS = {"checkpointed": diffrax.RecursiveCheckpointAdjoint, "backsolve": diffrax.BacksolveAdjoint}


def field(_, y, args):
    (ws, wp, wa, m, bs, bp), length = args
    z = y - 0.5
    s = z / (1 + jnp.abs(z))
    joint = jnp.concatenate([s @ ws.T + bs, jnp.exp(jnp.log1p(s) @ wp.T + bp)], axis=1)
    return length[:, None] * jax.nn.relu(m) * (joint @ wa.T - y)


def build(data, rtol):
    adjoint = ADJOINTS[sys.argv[3]]()
    biases = [jnp.zeros(job.HIDDEN), jnp.zeros(job.HIDDEN)]
    parameters = [jnp.asarray(a) for a in (data.ws, data.wp, data.wa, data.m)] + biases
    adam = optax.adam(job.RATE)
    state = adam.init(parameters)

    def loss_of(parameters, y0, targets, dt):
        solution = diffrax.diffeqsolve(
            diffrax.ODETerm(field),
            diffrax.Dopri5(),
            t0=0.0,
            t1=1.0,
            dt0=None,
            y0=y0,
            args=(parameters, dt),
            stepsize_controller=diffrax.PIDController(rtol=rtol, atol=1e-2 * rtol),
            adjoint=adjoint,
            saveat=diffrax.SaveAt(t1=True),
            max_steps=256,
        )
        return jnp.mean((solution.ys[-1] - targets) ** 2)

    @jax.jit
    def graded(parameters, *batch):
        loss, gradients = jax.value_and_grad(loss_of)(parameters, *batch)
        return loss, optax.tree.norm(gradients)

    @jax.jit
    def updated(parameters, state, *batch):
        gradients = jax.grad(loss_of)(parameters, *batch)
        updates, state = adam.update(gradients, state)
        return optax.apply_updates(parameters, updates), state

    def check(*batch):
        return tuple(float(x) for x in graded(parameters, *batch))

    def step(*batch):
        nonlocal parameters, state
        parameters, state = updated(parameters, state, *batch)
        jax.block_until_ready(parameters)

    return check, step


if __name__ == "__main__":
    job.run(f"diffrax, {sys.argv[3]}", f"{diffrax.__version__}, jax {jax.__version__}", build)
