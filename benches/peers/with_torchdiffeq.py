"""The job with torchdiffeq: all rows of a batch in one call, time rescaled to [0, 1], gradient through the solver."""

import torch
import torchdiffeq

import job


def build(data, rtol):
    torch.set_num_threads(1)
    biases = [torch.zeros(job.HIDDEN), torch.zeros(job.HIDDEN)]
    parameters = [torch.tensor(a) for a in (data.ws, data.wp, data.wa, data.m)] + biases
    for parameter in parameters:
        parameter.requires_grad_(True)
    ws, wp, wa, m, bs, bp = parameters
    adam = torch.optim.Adam(parameters, lr=job.RATE)
    unit = torch.tensor([0.0, 1.0])

    def loss_of(y0, targets, dt):
        length = torch.tensor(dt)[:, None]

        def field(_, y):
            z = y - 0.5
            s = z / (1 + z.abs())
            joint = torch.cat([s @ ws.T + bs, torch.exp(torch.log1p(s) @ wp.T + bp)], dim=1)
            return length * torch.relu(m) * (joint @ wa.T - y)

        ends = torchdiffeq.odeint(field, torch.tensor(y0), unit, rtol=rtol, atol=1e-2 * rtol, method="dopri5")
        return ((ends[-1] - torch.tensor(targets)) ** 2).mean()

    def check(*batch):
        loss = loss_of(*batch)
        gradients = torch.autograd.grad(loss, parameters)
        return loss.item(), torch.cat([g.flatten() for g in gradients]).norm().item()

    def step(*batch):
        adam.zero_grad()
        loss_of(*batch).backward()
        adam.step()

    return check, step


if __name__ == "__main__":
    job.run("torchdiffeq", f"{torchdiffeq.__version__}, torch {torch.__version__}", build)
