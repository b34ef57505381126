-- Neovim as an editor of specs, without a screen: it starts `mtp lsp` as docs/editors.md says,
-- and what it then shows is held against what it should.
--
--     nvim --headless --clean -u tests/editors/neovim.lua spec.yaml
--
-- `mtp` has to be on the path. Any version from 0.7 will do.

local function fail(why)
  io.stderr:write('neovim: ' .. why .. '\n')
  vim.cmd('cquit 1')
end

local function wait(what, condition)
  if not vim.wait(30000, condition, 20) then
    fail('waited in vain for ' .. what)
  end
end

local function request(method, line, column)
  local params = {
    textDocument = vim.lsp.util.make_text_document_params(),
    position = { line = line, character = column },
  }
  local answers = vim.lsp.buf_request_sync(0, method, params, 30000)
  for _, answer in pairs(answers or {}) do
    if answer.result then
      return answer.result
    end
  end
  fail('no answer to ' .. method)
end

-- The set-up of the documentation, for versions before 0.11.
local page = table.concat(vim.fn.readfile('docs/editors.md'), '\n')
local setup = page:match('```lua file=init%-before%-0%.11%.lua\n(.-)```')
local chunk = (loadstring or load)(setup)

vim.api.nvim_create_autocmd('VimEnter', {
  callback = function()
    vim.cmd('filetype on')
    chunk()
    local ok, why = pcall(function()
      vim.cmd('edit ' .. vim.env.SPEC)
      vim.bo.filetype = 'yaml'
      wait('the server', function()
        local client = (vim.lsp.get_clients or vim.lsp.get_active_clients)()[1]
        return client and client.server_capabilities and client.server_capabilities.hoverProvider
      end)
      -- A mistake behind an emoji, typed as a person does.
      local last = vim.api.nvim_buf_line_count(0)
      local found = vim.fn.search('cat_grin: \\[Cat')
      if found == 0 then fail('no such line in the spec') end
      local line = vim.api.nvim_get_current_line()
      vim.api.nvim_buf_set_lines(0, last, last, false, { '# 🫥' })
      vim.api.nvim_buf_set_text(0, found - 1, line:find('Cat') - 1, found - 1, line:find('Cat') + 2, { 'Cta' })
      wait('a finding', function() return #vim.diagnostic.get(0) > 0 end)
      local finding = vim.diagnostic.get(0)[1]
      if not finding.message:find('did you mean `Cat`', 1, true) then fail(finding.message) end
      if finding.lnum ~= found - 1 then fail('the finding is on line ' .. finding.lnum) end
      vim.api.nvim_buf_set_text(0, found - 1, line:find('Cat') - 1, found - 1, line:find('Cat') + 2, { 'Cat' })
      wait('no finding', function() return #vim.diagnostic.get(0) == 0 end)
      local hover = request('textDocument/hover', found - 1, line:find('Cat') - 1)
      if not hover.contents.value:find('token %*%*Cat%*%*') then fail(vim.inspect(hover)) end
      local places = request('textDocument/definition', found - 1, line:find('Cat') - 1)
      if #places ~= 1 then fail(vim.inspect(places)) end
      local offered = request('textDocument/completion', found - 1, line:find('Cat') - 1)
      local labels = vim.tbl_map(function(item) return item.label end, offered.items or offered)
      if not vim.tbl_contains(labels, 'Cat') then fail(vim.inspect(labels)) end
    end)
    if not ok then fail(why) end
    io.stdout:write('Neovim finds, shows and completes what it should.\n')
    vim.cmd('qall!')
  end,
})
