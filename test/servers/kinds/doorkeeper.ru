# A Rails application with Doorkeeper and its OpenID Connect extension, on sqlite.

ENV['RAILS_ENV'] = 'production'
ENV['DATABASE_URL'] = "sqlite3:#{ENV.fetch('DATABASE')}?timeout=5000"
require 'rails'
require 'action_controller/railtie'
require 'active_record/railtie'
require 'doorkeeper'
require 'doorkeeper/openid_connect'

ORIGIN = ENV.fetch('ORIGIN')
APP_ORIGIN = ENV.fetch('APP_ORIGIN')

class Shop < Rails::Application
  config.root = __dir__
  config.eager_load = false
  config.secret_key_base = 'a secret for tests' * 4
  config.hosts.clear
  config.logger = Logger.new($stderr)
  config.log_level = :warn
  config.load_defaults 6.1
  config.session_store :cookie_store, key: '_session'
end

class User < ActiveRecord::Base; end

Doorkeeper.configure do
  orm :active_record
  resource_owner_authenticator do
    User.find_by(id: session[:user_id]) || redirect_to("/login?return_to=#{CGI.escape(request.fullpath)}")
  end
  grant_flows %w[authorization_code]
  use_refresh_token
  access_token_expires_in ENV.fetch('ACCESS_TOKEN_SECONDS').to_i.seconds
  default_scopes :read
  optional_scopes :openid
  force_pkce if respond_to?(:force_pkce)
  skip_authorization { true }
  force_ssl_in_redirect_uri false
end

Doorkeeper::OpenidConnect.configure do
  issuer ORIGIN
  signing_key ENV.fetch('PRIVATE_KEY')
  subject_types_supported [:public]
  protocol { :http }
  subject { |user, _application| user.id }
  resource_owner_from_access_token { |token| User.find_by(id: token.resource_owner_id) }
  auth_time_from_resource_owner(&:signed_in_at)
  reauthenticate_resource_owner { |_user, return_to| redirect_to(return_to) }
  end_session_endpoint { "#{ORIGIN}/logout" }
end

Shop.initialize!

class SessionsController < ActionController::Base
  skip_forgery_protection

  def new
    render inline: '<form method="post"><input name="username"><input name="password" type="password"><button>Sign in</button></form>'
  end

  def create
    user = User.find_by!(name: params[:username])
    user.update!(signed_in_at: Time.now)
    session[:user_id] = user.id
    redirect_to params[:return_to]
  end

  def destroy
    reset_session
    redirect_to params[:post_logout_redirect_uri]
  end
end

class OrdersController < ActionController::API
  before_action :doorkeeper_authorize!

  def index
    render json: { user: User.find(doorkeeper_token.resource_owner_id).name }
  end
end

Shop.routes.draw do
  use_doorkeeper
  use_doorkeeper_openid_connect
  get '/login', to: 'sessions#new'
  post '/login', to: 'sessions#create'
  get '/logout', to: 'sessions#destroy'
  get '/api/orders', to: 'orders#index'
end

# The tables that `rails generate doorkeeper:migration`, `doorkeeper:pkce` and `doorkeeper:openid_connect:migration` describe.
unless ActiveRecord::Base.connection.table_exists?(:users)
  ActiveRecord::Schema.verbose = false
  ActiveRecord::Schema.define do
    create_table :users do |t|
      t.string :name, null: false
      t.datetime :signed_in_at
    end
    create_table :oauth_applications do |t|
      t.string :name, null: false
      t.string :uid, null: false, index: { unique: true }
      t.string :secret, null: false
      t.text :redirect_uri
      t.string :scopes, null: false, default: ''
      t.boolean :confidential, null: false, default: true
      t.timestamps null: false
    end
    create_table :oauth_access_grants do |t|
      t.references :resource_owner, null: false
      t.references :application, null: false
      t.string :token, null: false, index: { unique: true }
      t.integer :expires_in, null: false
      t.text :redirect_uri, null: false
      t.datetime :created_at, null: false
      t.datetime :revoked_at
      t.string :scopes, null: false, default: ''
      t.string :code_challenge
      t.string :code_challenge_method
    end
    create_table :oauth_access_tokens do |t|
      t.references :resource_owner
      t.references :application
      t.string :token, null: false, index: { unique: true }
      t.string :refresh_token, index: { unique: true }
      t.integer :expires_in
      t.datetime :revoked_at
      t.datetime :created_at, null: false
      t.string :scopes
      t.string :previous_refresh_token, null: false, default: ''
    end
    create_table :oauth_openid_requests do |t|
      t.references :access_grant, null: false
      t.string :nonce, null: false
    end
  end
  %w[ann bea].each { |name| User.create!(name: name) }
  Doorkeeper::Application.create!(
    name: 'spa', uid: 'spa', secret: 'unused', confidential: false, scopes: 'read openid',
    redirect_uri: "#{APP_ORIGIN}/\n#{APP_ORIGIN}/callback.html"
  )
end

# Cross-origin requests of the application (Rails applications usually take the gem rack-cors).
class Cors
  HEADERS = {
    'Access-Control-Allow-Origin' => APP_ORIGIN,
    'Access-Control-Allow-Headers' => 'Authorization, Content-Type',
    'Access-Control-Expose-Headers' => 'WWW-Authenticate'
  }.freeze

  def initialize(app)
    @app = app
  end

  def call(env)
    return [204, HEADERS.dup, []] if env['REQUEST_METHOD'] == 'OPTIONS'

    status, headers, body = @app.call(env)
    [status, headers.merge(HEADERS), body]
  end
end

use Cors
run Shop
